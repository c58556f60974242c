/** What a stuck session waits for, in words for its person and for the administrator: looked at when it is told. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from '../context.ts';
import { type ProcessState, readProcessState } from '../usage/process-state.ts';
import { listBelow } from '../usage/read-usage.ts';
import { leaderOf } from './leader-process.ts';
import type { SessionRow } from './session-store.ts';

const SILENT = 'a file system or a device that does not answer';
/** More would not be read. */
const MOST_NAMED = 3;

export function explainStuck(broker: Broker, row: SessionRow): string {
  const leader = leaderOf(broker, row);
  if (leader?.state === 'D') return `Its leader, process ${leader.pid}, waits for ${SILENT}.`;
  if (leader?.state === 'T' || leader?.state === 't')
    return `Its leader, process ${leader.pid}, is stopped.`;
  const link = broker.links.get(row.id);
  if (link === undefined) return unreachable(leader);
  if (!link.opened)
    return 'PAM has not opened it yet: a module, or a file system that it needs, does not answer.';
  if (isCutOff(broker, row) && !broker.unwanted.has(row.id))
    return 'It still runs, but nobody can get to its terminal: its socket was deleted. It can be ended.';
  return waiting(leader) ?? 'PAM does not close it: see the log of its leader.';
}

/** The socket of its terminal is gone, with its directory; another cannot be made. */
export function isCutOff({ paths }: Broker, { id, kind }: SessionRow): boolean {
  return kind === 'terminal' && !existsSync(join(paths.sessions, id));
}

function unreachable(leader: ProcessState | null): string {
  if (leader === null) return 'Its leader does not answer.';
  return `It still runs, but cannot be reached: its leader, process ${leader.pid}, does not answer.`;
}

/** What cannot be killed below the leader. */
function waiting(leader: ProcessState | null): string | null {
  const pids = leader === null ? [] : listBelow(leader.pid);
  const held = pids.map(readProcessState).filter((one) => one?.state === 'D');
  if (held.length === 0) return null;
  const names = held.slice(0, MOST_NAMED).map((one) => `${one!.pid} (${one!.name})`);
  const [what, waits, they] =
    held.length === 1 ? ['Process', 'waits', 'it'] : ['Processes', 'wait', 'they'];
  const more = held.length > MOST_NAMED ? ` and ${held.length - MOST_NAMED} more` : '';
  return `${what} ${names.join(', ')}${more} ${waits} for ${SILENT}; until it does ${they} cannot be ended.`;
}
