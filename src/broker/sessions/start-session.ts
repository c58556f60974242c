/** Starts a session: in a PAM session of its own, or as a further program in the user's home session. */
import type { Kind } from '../../kinds/kind.ts';
import { startableKind } from '../../kinds/kinds.ts';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import type { Origin } from '../../protocol/gateway-broker.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import { begin, makeId } from '../changes/begin.ts';
import { addSession, changeSession } from '../changes/change-session.ts';
import { requireHome } from '../home/open-home.ts';
import { addOpening, failureOf, openPamSession } from '../opening/open-pam-session.ts';
import { closeOption } from '../pam-sessions/close-unused.ts';
import { endSession } from '../pam-sessions/end-session.ts';
import { joinPamSession } from '../pam-sessions/join-pam-session.ts';
import { makeRoom } from '../pam-sessions/make-room.ts';
import { BLANK, type SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { isRefusedAtStart } from '../tickets/recheck.ts';
import { freeName } from '../views/free-name.ts';
import { requireRoom } from './require-room.ts';

export interface SessionStart {
  readonly kind: Kind;
  readonly origin: Origin;
}

/** Throws 'bad-request' if there is no kind of this name that users can start. */
export function requireKind({ kinds }: Broker, name: string): Kind {
  const kind = startableKind(kinds, name);
  if (kind !== undefined) return kind;
  throw new ProblemError('bad-request', `no kind '${name}' to start`);
}

export function startSession(broker: Broker, ticket: Ticket, start: SessionStart): SessionRow {
  const { sessionsEnabled, sessionsScope } = broker.settings;
  requireRoom(broker, ticket);
  const row =
    sessionsEnabled && sessionsScope === 'user'
      ? startInHome(broker, ticket, start)
      : startInOwn(broker, ticket, start);
  inBackground('recheck', recheckAtStart(broker, row));
  return row;
}

function startInOwn(broker: Broker, ticket: Ticket, start: SessionStart): SessionRow {
  makeRoom(broker, ticket);
  const { address } = start.origin;
  const closePolicy = closeOption(broker) === '1' ? 'last-program' : 'asked';
  const label = freeName(broker, ticket, start.kind);
  const [pam, row] = begin(broker, () => {
    const opening = addOpening(broker, ticket, { isHome: false, label, closePolicy, address });
    return [opening, addStart(broker, ticket, start, opening.id)] as const;
  });
  openPamSession(broker, pam, ticket, start.kind.pty ? row.id : null);
  return row;
}

function startInHome(broker: Broker, ticket: Ticket, start: SessionStart): SessionRow {
  const row = begin(broker, () => addStart(broker, ticket, start, null));
  joinHome(broker, row, ticket).catch((error) => failWaiting(broker, row.id, error));
  return row;
}

function addStart(
  broker: Broker,
  ticket: Ticket,
  { kind, origin }: SessionStart,
  pamSession: PamSessionId | null,
): SessionRow {
  const { user, uid } = ticket;
  const row: SessionRow = {
    ...BLANK,
    ...{ id: makeId<SessionId>(), pamSession, user, uid, kind: kind.name },
    ...{ name: freeName(broker, ticket, kind), origin: 'gateway', address: origin.address },
    ...{ state: pamSession === null ? 'pending' : 'starting', started: broker.now() },
  };
  return addSession(broker, row, pamSession === null ? undefined : `in PAM session ${pamSession}`);
}

async function joinHome(
  broker: Broker,
  { id, address }: SessionRow,
  ticket: Ticket,
): Promise<void> {
  const link = await requireHome(broker, ticket, address);
  const row = broker.sessions.find(id);
  // A broker that is exiting starts nothing.
  if (broker.store.closed || row === undefined) return;
  if (isBeingStarted(row.state)) joinPamSession(broker, row, link, ticket.grant);
  // It was ended before its program was started.
  else changeSession(broker, id, 'ended');
}

function failWaiting(broker: Broker, id: SessionId, error: unknown): void {
  if (broker.store.closed) return;
  const { problem, detail } = failureOf(error);
  try {
    changeSession(broker, id, 'failed', { problem }, detail);
  } catch (second) {
    log.error('session-start-failed', { session: id, error, second });
  }
}

/** Checks the account in parallel to the start, and ends the session if it is refused. */
async function recheckAtStart(broker: Broker, { id, user, uid }: SessionRow): Promise<void> {
  if (!(await isRefusedAtStart(broker, { user, uid }))) return;
  const row = broker.sessions.find(id);
  if (row?.ended === null) endSession(broker, row, 'account');
}
