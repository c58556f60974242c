/** A sign-in by password, from the first request to the ticket, against the same PAM calls alone. */
import { sealAll } from '../../test/lib/client.ts';
import { type Lab, PROFILE, timeProgram } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate } from '../lib/statistics.ts';

export async function signIn(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const { name, password } = person!;
  return await lab.serve(async () => {
    const ours = async (): Promise<number> => {
      const client = await lab.visit();
      const begun = performance.now();
      const step = await client.beginSignIn(name);
      const asked = performance.now();
      if (step.kind !== 'prompts') throw new Error(`wanted prompts, came ${step.kind}`);
      const answers = sealAll(name, step, [Buffer.from(password)]);
      const sealed = performance.now();
      await client.answerSealed(step.conversation, answers);
      return performance.now() - sealed + asked - begun;
    };
    const pamtester = async (): Promise<number> =>
      timeProgram(`${password}\n`, 'pamtester', PROFILE, name, 'authenticate', 'acct_mgmt') / 1000;
    const [mine, theirs] = await alternate(lab.count(60, 3), [ours, lab.quick ? null : pamtester]);
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
