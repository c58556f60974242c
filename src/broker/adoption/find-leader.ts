/** Searches for the leader of a PAM session: adopts it, or changes the rows if it is dead or does not answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { type LeaderConnection, LeaderError } from '../../launcher/leader-connection.ts';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import type { PamSessionId, Place } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import { takePamSessionEvent } from '../follow/take-pam-session-event.ts';
import { type PamSessionRow, wasOpened } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';
import { leaderOf } from '../views/leader-process.ts';
import { adoptLeader } from './adopt-leader.ts';

/** A leader refuses connections while its queue is full; the socket of a dead one stays until its watch removes it. */
const RETRY_MS = [50, 200, 800];

const DIED_OPENING =
  'the leader ended before its session was open: a PAM module crashed, or worked longer than auth-pam-timeout-seconds';
const DIED_OPEN =
  'the leader ended without closing its PAM session: it was killed, or a PAM module crashed';

/**
 * Never rejects: after an unexpected error, which is logged, the rows stay unchanged. tried: called when the leader did
 * not answer at once and is tried again.
 */
export async function findLeader(
  broker: Broker,
  id: PamSessionId,
  place: Place,
  tried = () => {},
): Promise<void> {
  if (broker.links.has(id) || broker.finding.has(id)) return;
  const search = adoptFound(broker, id, place, tried);
  broker.finding.set(id, search);
  await search;
}

async function adoptFound(
  broker: Broker,
  id: PamSessionId,
  place: Place,
  tried: () => void,
): Promise<void> {
  try {
    const found = await connectPatiently(broker, id, place, tried);
    // From here on the end of this connection starts a new search.
    broker.finding.delete(id);
    const lost = () => inBackground('find-leader', findLeader(broker, id, place));
    adoptLeader(broker, id, place, found, lost);
  } catch (error) {
    if (error instanceof LeaderError) settleMissing(broker, id, error);
    else log.error('adoption-failed', { pamSession: id, error });
  } finally {
    broker.finding.delete(id);
  }
}

async function connectPatiently(
  { launchers }: Broker,
  id: PamSessionId,
  place: Place,
  tried: () => void,
): Promise<LeaderConnection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await launchers[place].find(id);
    } catch (error) {
      const { kind } = error as LeaderError;
      const pause = RETRY_MS[attempt];
      if (pause === undefined || kind === 'absent' || kind === 'silent') throw error;
      tried();
      await delay(pause);
    }
  }
}

function settleMissing(broker: Broker, id: PamSessionId, error: LeaderError): void {
  try {
    const row = broker.pamSessions.find(id);
    if (row !== undefined) settle(broker, row, error);
    else if (error.kind === 'silent')
      log.warning('leader-silent', { pamSession: id, error: error.message });
  } catch (failure) {
    log.error('adoption-failed', { pamSession: id, error: failure });
  }
}

function settle(broker: Broker, row: PamSessionRow, { kind, message }: LeaderError): void {
  // A leader can be alive although its socket is gone.
  if (kind === 'silent' || kind === 'refused' || leaderOf(broker, row) !== null) {
    log.warning('leader-silent', { pamSession: row.id, error: message });
    takePamSessionEvent(broker, row, 'silent', { detail: message });
    return;
  }
  const open = wasOpened(row);
  const detail = `${open ? DIED_OPEN : DIED_OPENING} (its process says more in the log; ${message})`;
  const failure = new ProblemError(open ? 'session-lost' : 'session-failed', detail);
  takePamSessionEvent(broker, row, 'gone', { failure });
}
