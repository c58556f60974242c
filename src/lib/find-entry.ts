/** What the system's databases (nsswitch.conf(5)) know of a name: Node has no getpwnam(3). */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { reads } from './reads.ts';
import { runProgram } from './run-program.ts';

/** getent(1): not found. */
const NOT_FOUND = 2;

type Database = 'passwd' | 'group';
/** The name as the database spells it, and its uid or gid; null: there is none; 'no answer': nobody could say in time. */
export type Entry = { readonly name: string; readonly id: number } | null | 'no answer';

/** Blocks for limitMs at most. */
export function findEntry(database: Database, name: string, limitMs: number): Entry {
  if (limitMs <= 0) return 'no answer';
  reads.publish(`getent ${database} ${name}`);
  const ended = spawnSync('getent', [database, '--', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  return readEntry(name, ended);
}

export async function awaitEntry(database: Database, name: string, limitMs: number) {
  return readEntry(name, await runProgram('getent', [database, '--', name], limitMs));
}

function readEntry(
  name: string,
  { status, stdout }: Pick<SpawnSyncReturns<string>, 'status' | 'stdout'>,
): Entry {
  if (status === NOT_FOUND) return null;
  if (status !== 0) return 'no answer';
  const [found = '', , id] = stdout.split(':');
  // It takes a number for an id, which is nobody's name.
  return /^[+-]?[0-9]+$/.test(name) && found !== name ? null : { name: found, id: Number(id) };
}
