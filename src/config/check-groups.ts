/**
 * Reports groups in the configuration that do not exist on this machine. Such a group has no members, and nothing else
 * would say so. When no group of auth-required-user-group exists, nobody can sign in.
 */
import { findEntry } from '../lib/find-entry.ts';
import type { Finding } from './finding.ts';
import type { LoadedConfiguration } from './load.ts';

/** The options, with the effect when one of their groups is unknown and when all are. */
const KEYS = {
  'auth-required-user-group': {
    one: 'it lets nobody in',
    all: 'nobody can sign in',
    level: 'error',
  },
  'admin-group': { one: 'it has no members', all: 'nobody is an administrator', level: 'warning' },
} as const;
type Key = keyof typeof KEYS;

/** Timeout for all groups together: a directory service that does not answer delays a start no longer than this. */
const LIMIT_MS = 2000;

export type GroupVerdict = 'known' | 'unknown' | 'no answer';

/** ask: replaced in tests. */
export function checkGroups(
  loaded: Pick<LoadedConfiguration, 'values' | 'origins'>,
  ask: (names: readonly string[]) => readonly GroupVerdict[] = askMachine,
): Finding[] {
  const keys = Object.keys(KEYS) as Key[];
  const verdicts = [...ask(keys.flatMap((key) => loaded.values[key]))];
  return keys.flatMap((key) =>
    checkOption(loaded, key, verdicts.splice(0, loaded.values[key].length)),
  );
}

function checkOption(
  { values, origins }: Pick<LoadedConfiguration, 'values' | 'origins'>,
  key: Key,
  verdicts: readonly GroupVerdict[],
): Finding[] {
  const all = verdicts.every((verdict) => verdict === 'unknown');
  const origin = origins[key];
  const place = origin === 'default' ? { file: key, line: 1 } : origin;
  return values[key].flatMap((name, at) => {
    const verdict = verdicts[at] ?? 'no answer';
    if (verdict === 'known') return [];
    const level = all ? KEYS[key].level : 'warning';
    return [{ level, ...place, text: describe(key, name, verdict, all) }];
  });
}

function describe(key: Key, name: string, verdict: GroupVerdict, all: boolean): string {
  if (verdict === 'no answer')
    return `'${key}' wanted to look up group '${name}', got no answer; is the directory service down? Try 'getent group'`;
  const effect = all ? KEYS[key].all : KEYS[key].one;
  return `'${key}' wanted groups that this machine knows, got '${name}', so ${effect}; correct the name ('getent group' lists all groups; names are separated by commas, not by spaces), or create the group`;
}

function askMachine(names: readonly string[]): GroupVerdict[] {
  const end = Date.now() + LIMIT_MS;
  return names.map((name) => {
    const entry = findEntry('group', name, end - Date.now());
    if (entry === 'no answer') return entry;
    return entry === null ? 'unknown' : 'known';
  });
}
