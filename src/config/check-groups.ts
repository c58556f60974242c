/**
 * The groups of auth-required-user-group that the machine does not know: their members stay outside, and nobody is told.
 * When it knows none of them, nobody can sign in.
 */
import { findEntry } from '../lib/find-entry.ts';
import type { Finding } from './finding.ts';
import type { LoadedConfiguration } from './load.ts';

const KEY = 'auth-required-user-group';
/** For all groups together: a directory that does not answer holds up no start for longer. */
const LIMIT_MS = 2000;

export type GroupVerdict = 'known' | 'unknown' | 'no answer';

/** ask: of tests. */
export function checkGroups(
  { values, origins }: Pick<LoadedConfiguration, 'values' | 'origins'>,
  ask: (names: readonly string[]) => readonly GroupVerdict[] = askMachine,
): Finding[] {
  const names = values[KEY];
  const verdicts = ask(names);
  const nobody = names.length > 0 && verdicts.every((verdict) => verdict === 'unknown');
  const origin = origins[KEY];
  const place = origin === 'default' ? { file: KEY, line: 1 } : origin;
  return names.flatMap((name, at) => {
    const verdict = verdicts[at] ?? 'no answer';
    if (verdict === 'known') return [];
    const level = nobody ? 'error' : 'warning';
    return [{ level, ...place, text: describe(name, verdict, nobody) }];
  });
}

function describe(name: string, verdict: GroupVerdict, nobody: boolean): string {
  if (verdict === 'no answer')
    return `'${KEY}' wanted to know of group '${name}', came no answer; is the directory away? See 'getent group'`;
  const effect = nobody ? 'nobody can sign in' : 'it lets nobody in';
  return `'${KEY}' wanted groups that this machine knows, came '${name}', so ${effect}; correct the name ('getent group' lists them; commas separate names, blanks do not), or make the group`;
}

function askMachine(names: readonly string[]): GroupVerdict[] {
  const end = Date.now() + LIMIT_MS;
  return names.map((name) => {
    const entry = findEntry('group', name, end - Date.now());
    if (entry === 'no answer') return entry;
    return entry === null ? 'unknown' : 'known';
  });
}
