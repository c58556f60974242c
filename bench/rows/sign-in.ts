/** A sign-in by password, from the first request to the ticket, against the same PAM calls alone. */
import type { SignInStep } from '../../src/protocol/page-gateway.ts';
import type { Account } from '../../test/lib/accounts.ts';
import { sealAll } from '../../test/lib/client.ts';
import { type Lab, PROFILE, timeProgram } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate } from '../lib/statistics.ts';
import { Wire } from '../lib/wire.ts';

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

async function ours({ name, password }: Account): Promise<number> {
  const wire = await Wire.open(new URL('https://127.0.0.1:8787/'));
  const asked = await wire.post('/api/sign-in', { user: name });
  const step = JSON.parse(asked.body) as SignInStep;
  if (step.kind !== 'prompts') throw new Error(`wanted prompts, came ${asked.body}`);
  const answers = sealAll(name, step, [Buffer.from(password)]);
  const answered = await wire.post(`/api/sign-in/${step.conversation}`, { answers }, asked.cookie);
  if (!answered.body.includes('"signed-in"')) throw new Error(`wanted a ticket: ${answered.body}`);
  wire.close();
  return asked.took + answered.took;
}
