/**
 * Describes which processes of a session wait in the kernel (state D) and cannot be killed. It is looked up whenever it
 * is shown, so it is never out of date.
 */
import { listBelow } from './list-below.ts';
import { type ProcessState, readProcessState } from './process-state.ts';

const SILENT = 'a file system or a device that does not answer';
/** Most processes that are listed by name. */
const MOST_NAMED = 3;
/** Most processes that are looked at: whoever asks waits for it. */
const MOST_SEEN = 1024;

/** For the leader itself. null: it does not wait in the kernel. */
export function explainLeader(leader: ProcessState | null): string | null {
  if (leader?.state === 'D') return `Its leader, process ${leader.pid}, waits for ${SILENT}.`;
  if (leader?.state === 'T' || leader?.state === 't')
    return `Its leader, process ${leader.pid}, is stopped.`;
  return null;
}

/** For the leader and its descendants. */
export function explainHeld(leader: ProcessState | null): string | null {
  const itself = explainLeader(leader);
  if (itself !== null) return itself;
  const pids = leader === null ? [] : listBelow(leader.pid, MOST_SEEN);
  const held = pids.map(readProcessState).filter((one) => one?.state === 'D');
  if (held.length === 0) return null;
  const names = held.slice(0, MOST_NAMED).map((one) => `${one!.pid} (${one!.name})`);
  const [what, waits, they] =
    held.length === 1 ? ['Process', 'waits', 'it'] : ['Processes', 'wait', 'they'];
  const more = held.length > MOST_NAMED ? ` and ${held.length - MOST_NAMED} more` : '';
  return `${what} ${names.join(', ')}${more} ${waits} for ${SILENT}; until it does ${they} cannot be ended.`;
}
