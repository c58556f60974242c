/** Asks the system (nsswitch.conf(5)) whether a user is a member of one of these groups, as a sign-in does. */
import { awaitEntry } from '../../lib/find-entry.ts';
import { runProgram } from '../../lib/run-program.ts';
import type { Person } from '../rows/person.ts';

/** Of each query. */
const LIMIT_MS = 5_000;

/** null: no answer. If the name belongs to another uid now, the answer is false. */
export async function askMember(
  { user, uid }: Person,
  groups: readonly string[],
): Promise<boolean | null> {
  const entry = await awaitEntry('passwd', user, LIMIT_MS);
  if (entry === 'no answer') return null;
  if (entry?.id !== uid) return false;
  const { status, stdout } = await runProgram('id', ['-G', '--', user], LIMIT_MS);
  if (status !== 0) return null;
  const ids = new Set(stdout.trim().split(' ').map(Number));
  for (const group of groups) {
    const found = await awaitEntry('group', group, LIMIT_MS);
    if (found === 'no answer') return null;
    if (found !== null && ids.has(found.id)) return true;
  }
  return false;
}
