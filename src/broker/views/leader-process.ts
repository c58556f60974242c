/**
 * Finds the process of a leader by the pid that it sent on its socket, which belongs to root. The name of a process
 * proves nothing, because every user can choose it.
 */
import type { LeaderHello } from '../../launcher/leader-connection.ts';
import { findProcess, type ProcessState, readProcessState } from '../../lib/process-state.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';

/** The columns of its PAM session that identify the process. */
export function processOf({ pid }: LeaderHello): Pick<PamSessionRow, 'leader' | 'leaderBorn'> {
  return { leader: pid, leaderBorn: readProcessState(pid)?.born ?? 0 };
}

/** The leader that holds a PAM session; null: the leader has exited, or PAM has never opened the session. */
export function leaderOf(broker: Broker, row: PamSessionRow): ProcessState | null {
  const told = broker.links.get(row.id)?.leader.hello.pid;
  return told === undefined ? findProcess(row.leader, row.leaderBorn) : readProcessState(told);
}
