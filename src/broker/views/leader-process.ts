/**
 * A leader as a process: found by what it said of itself on its socket, which is root's. What a process is named proves
 * nothing, anybody can name theirs so.
 */
import type { LeaderHello } from '../../launcher/leader-connection.ts';
import { findProcess, type ProcessState, readProcessState } from '../../lib/process-state.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';

/** What the row of its PAM session keeps of it. */
export function processOf({ pid }: LeaderHello): Pick<PamSessionRow, 'leader' | 'leaderBorn'> {
  return { leader: pid, leaderBorn: readProcessState(pid)?.born ?? 0 };
}

/** The leader that holds a PAM session; null: it has ended, or never was open. */
export function leaderOf(broker: Broker, row: PamSessionRow): ProcessState | null {
  const told = broker.links.get(row.id)?.leader.hello.pid;
  return told === undefined ? findProcess(row.leader, row.leaderBorn) : readProcessState(told);
}
