/** Below a table of sessions or PAM sessions: what a stuck one waits for, and why one failed. */
import type { ActiveSession } from '../protocol/cli-broker.ts';
import { type Context, printLine } from './context.ts';

type Listed = { readonly id: string } & Pick<ActiveSession, 'problem' | 'stuck'>;

export function printTroubles({ out }: Context, listed: readonly Listed[]): void {
  for (const { id, problem, stuck } of listed) {
    if (stuck !== null) printLine(out, `${id}: stuck. ${stuck}`);
    if (problem === null) continue;
    const text = problem.text.replaceAll('\n', ' ');
    // Without the problem's advice: that is for users, and tells them to ask the administrator.
    printLine(out, `${id}: ${text} (reference ${problem.reference} in the log)`);
  }
}
