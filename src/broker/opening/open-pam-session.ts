/** Lets a leader open a PAM session. Each step is written and announced. */
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import { CLOSE_POLICIES } from '../../protocol/broker-leader.ts';
import type { ConversationId, PamSessionId, SessionId } from '../../protocol/ids.ts';
import { findLeader } from '../adoption/find-leader.ts';
import { asProblemError, ProblemError } from '../base/problem.ts';
import { makeId } from '../changes/begin.ts';
import { addPamSession } from '../changes/change-pam-session.ts';
import { connectPamSession } from '../follow/connect-pam-session.ts';
import { takePamSessionEvent } from '../follow/take-pam-session-event.ts';
import { whenRoom } from '../pam-sessions/make-room.ts';
import { watchPamSession } from '../pam-sessions/watch-step.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpening } from '../rows/pam-session-transitions.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { StartTalk } from '../talks/start-talk.ts';

/** Adds its row. To be called in begin(). */
export function addOpening(
  broker: Broker,
  { user, uid }: Ticket,
  fields: Pick<PamSessionRow, 'isHome' | 'label' | 'closePolicy' | 'address'>,
): PamSessionRow {
  return addPamSession(broker, {
    ...{ id: makeId<PamSessionId>(), user, uid, place: 'local', state: 'opening', ...fields },
    profile: broker.settings.sessionProfile,
    ...{ leader: 0, leaderBorn: 0, texts: [], started: broker.now(), ended: null, problem: null },
  });
}

/** In the background; how it goes is the row's to tell. terminal: the session whose terminal is made before PAM; null: none. */
export function openPamSession(
  broker: Broker,
  row: PamSessionRow,
  ticket: Ticket,
  terminal: SessionId | null,
): void {
  open(broker, row, ticket, terminal).catch((error) => failOpening(broker, row.id, error));
}

async function open(
  broker: Broker,
  asked: PamSessionRow,
  { grant }: Ticket,
  terminal: SessionId | null,
): Promise<void> {
  const { id, place, profile, user, address, closePolicy, label } = asked;
  await whenRoom(broker, asked);
  const leader = await broker.launchers[place].open();
  const row = broker.pamSessions.find(id);
  if (broker.store.closed || row === undefined || !isOpening(row.state)) {
    leader.destroy();
    if (!broker.store.closed && row !== undefined) giveUp(broker, row);
    return;
  }
  const lost = () => inBackground('find-leader', findLeader(broker, id, place));
  const talk = new StartTalk(makeId<ConversationId>());
  connectPamSession(broker, row, leader, lost, { grant, talk });
  watchPamSession(broker, id, 'pam');
  leader.send({
    name: 'open',
    pamSession: id,
    conversation: Buffer.from(talk.id, 'hex'),
    service: profile,
    user,
    grant,
    rhost: address,
    label,
    attached: 0,
    close: CLOSE_POLICIES.indexOf(closePolicy),
    terminal: terminal ?? '',
  });
}

/** It was ended before its leader was asked to open it. */
function giveUp(broker: Broker, row: PamSessionRow): void {
  takePamSessionEvent(broker, row, 'closed');
}

function failOpening(broker: Broker, id: PamSessionId, error: unknown): void {
  if (broker.store.closed) return;
  const failure = failureOf(error);
  try {
    const row = broker.pamSessions.find(id);
    if (row !== undefined) takePamSessionEvent(broker, row, 'failed', { failure });
  } catch (second) {
    log.error('session-start-failed', { pamSession: id, error, second });
  }
}

/** The problem for the user who waits. */
export function failureOf(error: unknown): ProblemError {
  const { detail, problem } = asProblemError(error);
  return problem.code === 'internal'
    ? new ProblemError('session-unavailable', detail)
    : new ProblemError(problem.code, detail, problem.text);
}
