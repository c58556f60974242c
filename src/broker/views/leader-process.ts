/**
 * A leader as a process: found by what it said of itself on its socket, which is root's. What a process is named proves
 * nothing, anybody can name theirs so.
 */

import type { LeaderHello } from '../../launcher/leader-connection.ts';
import { findProcess, type ProcessState, readProcessState } from '../../lib/process-state.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker } from '../state/context.ts';

/** What the row of its session keeps of it. */
export function processOf({ pid }: LeaderHello): Pick<SessionRow, 'leader' | 'leaderBorn'> {
  return { leader: pid, leaderBorn: readProcessState(pid)?.born ?? 0 };
}

/** The leader that holds a session; null: it has ended, or never was open. */
export function leaderOf(broker: Broker, { id, pamSession }: SessionRow): ProcessState | null {
  const told = broker.links.get(id)?.leader.hello.pid;
  if (told !== undefined) return readProcessState(told);
  const owner = broker.sessions.find(pamSession);
  return owner === undefined ? null : findProcess(owner.leader, owner.leaderBorn);
}
