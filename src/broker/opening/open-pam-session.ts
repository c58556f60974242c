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
  fields: Pick<PamSessionRow, 'isHome' | 'closePolicy' | 'address'>,
): PamSessionRow {
  return addPamSession(broker, {
    ...{ id: makeId<PamSessionId>(), user, uid, place: 'local', state: 'opening', ...fields },
    profile: broker.settings.sessionProfile,
    ...{ leader: 0, leaderBorn: 0, texts: [], started: broker.now(), ended: null, problem: null },
  });
}

/** Further fields of the request to the leader. */
export interface Opening {
  /** The name of its session, which the leader keeps in case the database is lost. */
  readonly label: string;
  /** The session whose terminal is created before PAM is called; null: none. */
  readonly terminal: SessionId | null;
}

/** Works in the background; the row shows progress and result. */
export function openPamSession(
  broker: Broker,
  row: PamSessionRow,
  ticket: Ticket,
  opening: Opening,
): void {
  open(broker, row, ticket, opening).catch((error) => failOpening(broker, row.id, error));
}

async function open(
  broker: Broker,
  { id, place, profile, user, address, closePolicy }: PamSessionRow,
  { grant }: Ticket,
  { label, terminal }: Opening,
): Promise<void> {
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
