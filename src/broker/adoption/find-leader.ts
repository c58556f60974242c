/** Looks for a session's leader on its own socket: adopts it, or settles what its absence means. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Broker } from '../context.ts';
import { connectLeader, type LeaderConnection, LeaderError } from '../leader-client.ts';
import { ProblemError } from '../problem.ts';
import { changeSession } from '../sessions/change-session.ts';
import type { SessionRow } from '../sessions/session-store.ts';
import { mayBecome } from '../sessions/transitions.ts';
import { adoptLeader } from './adopt-leader.ts';

/** A socket file is there a moment before its leader listens, and after a dead leader until its watch removes it. */
const RETRY_MS = [50, 200, 800];

export async function findLeader(broker: Broker, id: SessionId): Promise<void> {
  if (broker.links.has(id) || broker.finding.has(id)) return;
  broker.finding.add(id);
  let found: LeaderConnection | LeaderError;
  try {
    found = await connectPatiently(join(broker.paths.leaders, id));
  } catch (error) {
    found = error as LeaderError;
  } finally {
    broker.finding.delete(id);
  }
  if (found instanceof LeaderError) settleMissing(broker, id, found);
  else adoptLeader(broker, id, found, () => void findLeader(broker, id));
}

async function connectPatiently(path: string): Promise<LeaderConnection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connectLeader(path);
    } catch (error) {
      const { kind } = error as LeaderError;
      const pause = RETRY_MS[attempt];
      if (pause === undefined || kind === 'absent' || kind === 'silent') throw error;
      await delay(pause);
    }
  }
}

function settleMissing(broker: Broker, id: SessionId, error: LeaderError): void {
  const row = broker.sessions.find(id);
  if (row === undefined || row.ended !== null) return;
  const detail = error.message;
  if (error.kind === 'silent' || error.kind === 'refused') {
    log.warning('leader-silent', { session: id, error });
    if (mayBecome(row.state, 'stuck')) changeSession(broker, id, 'stuck', {}, detail);
  } else if (wasOpen(row)) {
    const problem = new ProblemError('session-failed', detail, 'The session ended unexpectedly.');
    changeSession(broker, id, 'unclean', { problem: problem.problem }, detail);
  } else {
    const { problem } = new ProblemError('session-failed', detail);
    changeSession(broker, id, 'failed', { problem }, detail);
  }
}

/** Whether its PAM session was open at any time: terminals have their tty from then on, others begin so. */
function wasOpen({ kind, state, tty }: SessionRow): boolean {
  return kind !== 'terminal' || tty !== null || !['pending', 'starting', 'ending'].includes(state);
}
