/** A sign-in by password, from the first request to the ticket, against the same PAM calls alone. */
import type { Account } from '../../test/lib/accounts.ts';
import { type Lab, PROFILE, timeProgram } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate } from '../lib/statistics.ts';
import { openWire, signInOn } from '../lib/wire-sign-in.ts';

export async function signIn(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const { name, password } = person!;
  return await lab.serve(async () => {
    const pamtester = async (): Promise<number> =>
      timeProgram(`${password}\n`, 'pamtester', PROFILE, name, 'authenticate', 'acct_mgmt') / 1000;
    for (let turn = 0; turn < lab.count(100, 0); turn++) await ours(person!);
    const [mine, theirs] = await alternate(lab.count(60, 3), [
      () => ours(person!),
      lab.quick ? null : pamtester,
    ]);
    return [
      makeRow({
        name: 'sign-in with a password, HTTP request to ticket',
        unit: 'ms',
        goal: { text: '≤ 1.15 ×', ratio: 1.15 },
        ours: mine!,
        peer: 'pamtester authenticate acct_mgmt',
        theirs,
        tls: 'ours',
        note: 'both requests, on a connection that the page has opened; what the browser does between them is not counted',
      }),
    ];
  });
}

async function ours(person: Account): Promise<number> {
  const wire = await openWire();
  const took = await signInOn(wire, person);
  wire.close();
  return took;
}
