/** What the system's databases (nsswitch.conf(5)) know of a name: Node has no getpwnam(3). */
import { spawnSync } from 'node:child_process';

/** getent(1): not found. */
const NOT_FOUND = 2;

/** The name as the database spells it; null: there is none; 'no answer': nobody could say in time. */
export type Entry = { readonly name: string } | null | 'no answer';

/** Blocks for limitMs at most. */
export function findEntry(database: 'passwd' | 'group', name: string, limitMs: number): Entry {
  if (limitMs <= 0) return 'no answer';
  const { status, stdout } = spawnSync('getent', [database, '--', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  if (status === NOT_FOUND) return null;
  if (status !== 0) return 'no answer';
  const found = stdout.slice(0, stdout.indexOf(':'));
  // It takes a number for an id, which is nobody's name.
  return /^[+-]?[0-9]+$/.test(name) && found !== name ? null : { name: found };
}
