/** Looks for the leader of a PAM session on its own socket: adopts it, or settles what its absence means. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  connectLeader,
  type LeaderConnection,
  LeaderError,
} from '../../launcher/leader-connection.ts';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import { changeSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-store.ts';
import { mayBecome } from '../rows/session-transitions.ts';
import type { Broker } from '../state/context.ts';
import { leaderOf } from '../views/leader-process.ts';
import { adoptLeader } from './adopt-leader.ts';

/** A leader whose queue is full refuses for a moment; the socket file of a dead one stays until its watch removes it. */
const RETRY_MS = [50, 200, 800];

const DIED_OPENING =
  'the leader ended before its session was open: a PAM module crashed, or worked longer than auth-pam-timeout-seconds';
const DIED_OPEN =
  'the leader ended without closing its PAM session: it was killed, or a PAM module crashed';

/**
 * Never rejects: what goes wrong is logged, and the session stays as it is. tried: called when it did not answer at
 * once, and is tried again.
 */
export async function findLeader(broker: Broker, id: SessionId, tried = () => {}): Promise<void> {
  if (broker.links.has(id) || broker.finding.has(id)) return;
  const search = adoptFound(broker, id, tried);
  broker.finding.set(id, search);
  await search;
}

async function adoptFound(broker: Broker, id: SessionId, tried: () => void): Promise<void> {
  try {
    const found = await connectPatiently(join(broker.paths.leaders, id), tried);
    // From here on the end of this connection looks for the leader again.
    broker.finding.delete(id);
    adoptLeader(broker, id, found, () => inBackground('find-leader', findLeader(broker, id)));
  } catch (error) {
    if (error instanceof LeaderError) settleMissing(broker, id, error);
    else log.error('adoption-failed', { session: id, error });
  } finally {
    broker.finding.delete(id);
  }
}

async function connectPatiently(path: string, tried: () => void): Promise<LeaderConnection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connectLeader(path);
    } catch (error) {
      const { kind } = error as LeaderError;
      const pause = RETRY_MS[attempt];
      if (pause === undefined || kind === 'absent' || kind === 'silent') throw error;
      tried();
      await delay(pause);
    }
  }
}

function settleMissing(broker: Broker, id: SessionId, error: LeaderError): void {
  try {
    const rows = broker.sessions.listIn(id);
    for (const row of rows) settle(broker, row, error);
    if (rows.length === 0 && error.kind === 'silent')
      log.warning('leader-silent', { session: id, error: error.message });
  } catch (failure) {
    log.error('adoption-failed', { session: id, error: failure });
  }
}

function settle(broker: Broker, row: SessionRow, { kind, message }: LeaderError): void {
  // Its socket may be gone while it lives.
  if (kind === 'silent' || kind === 'refused' || leaderOf(broker, row) !== null) {
    log.warning('leader-silent', { session: row.id, error: message });
    if (mayBecome(row.state, 'stuck')) changeSession(broker, row.id, 'stuck', {}, message);
    return;
  }
  const open = wasOpen(broker, row);
  const detail = `${open ? DIED_OPEN : DIED_OPENING} (its process says more in the log; ${message})`;
  const { problem } = new ProblemError(open ? 'session-lost' : 'session-failed', detail);
  changeSession(broker, row.id, open ? 'unclean' : 'failed', { problem }, detail);
}

/** Whether its PAM session was open at any time. */
function wasOpen(broker: Broker, { pamSession }: SessionRow): boolean {
  return broker.sessions.find(pamSession)?.leader !== 0;
}
