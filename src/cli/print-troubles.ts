/** What keeps a session or PAM session, and why one failed, below the table that lists it. */
import type { ActiveSession } from '../protocol/cli-broker.ts';
import { type Context, printLine } from './context.ts';

type Listed = { readonly id: string } & Pick<ActiveSession, 'problem' | 'stuck'>;

export function printTroubles({ out }: Context, listed: readonly Listed[]): void {
  for (const { id, problem, stuck } of listed) {
    if (stuck !== null) printLine(out, `${id}: stuck. ${stuck}`);
    if (problem === null) continue;
    const text = problem.text.replaceAll('\n', ' ');
    // The advice is for the person, and sends them to us.
    printLine(out, `${id}: ${text} (reference ${problem.reference} in the log)`);
  }
}
