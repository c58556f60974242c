/** Looks up a name in the databases of the system (nsswitch.conf(5)) with getent(1): Node has no getpwnam(3). */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { reads } from './reads.ts';
import { runProgram } from './run-program.ts';

/** Exit status of getent(1): not found. */
const NOT_FOUND = 2;

type Database = 'passwd' | 'group';
/** The name as written in the database, and its uid or gid. null: not found; 'no answer': the database did not answer in time. */
export type Entry = { readonly name: string; readonly id: number } | null | 'no answer';

/** Blocks for at most limitMs. */
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

export async function awaitEntry(
  database: Database,
  name: string,
  limitMs: number,
): Promise<Entry> {
  reads.publish(`getent ${database} ${name}`);
  return readEntry(name, await runProgram('getent', [database, '--', name], limitMs));
}

function readEntry(
  name: string,
  { status, stdout }: Pick<SpawnSyncReturns<string>, 'status' | 'stdout'>,
): Entry {
  if (status === NOT_FOUND) return null;
  if (status !== 0) return 'no answer';
  const [found = '', , id] = stdout.split(':');
  // getent takes a number for an id; we look for names only.
  return /^[+-]?[0-9]+$/.test(name) && found !== name ? null : { name: found, id: Number(id) };
}
