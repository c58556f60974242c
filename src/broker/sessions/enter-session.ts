/** From the home origin to a session: a one-time code, a pass for the code, and access to session-host for the pass. */
import type { DialInfo } from '../../protocol/gateway-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ENDED_BY } from '../../protocol/page-gateway.ts';
import { ProblemError } from '../base/problem.ts';
import { whenRow } from '../changes/when-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import { makeSecret } from '../rows/ticket-store.ts';
import { isExpired } from '../rows/ticket-times.ts';
import type { Broker } from '../state/context.ts';
import { requirePass, requireTicket, slideTicket } from '../tickets/check-ticket.ts';
import { pamSessionOf } from '../views/pam-session-of.ts';
import { requireSession } from './require-session.ts';

const CODE_MS = 30_000;
/** More than all users together need within 30 s. */
const MAX_CODES = 10_000;
/** Of one sign-in. A further code replaces the oldest, so that one user cannot use up MAX_CODES. */
const MAX_OWN_CODES = 20;
/** How long a viewer may wait for a session that is being started. The gateway waits 10 s for an answer. */
const START_MS = 8_000;

export function enterSession(
  broker: Broker,
  ask: { readonly ticket: string; readonly session: SessionId; readonly browser: string },
): { readonly code: string | null } {
  const ticket = requireTicket(broker, ask.ticket);
  const row = requireSession(broker, ticket, ask.session);
  if (row.ended !== null) throw whyEnded(row);
  if (isBeingStarted(row.state)) return { code: null };
  dropCodes(broker);
  const own = [...broker.codes].filter(([, entry]) => entry.ticket === ticket.id);
  if (own.length >= MAX_OWN_CODES) broker.codes.delete(own[0]![0]);
  if (broker.codes.size >= MAX_CODES) throw new ProblemError('too-many', `${MAX_CODES} codes`);
  const code = makeSecret();
  const expires = broker.clock.monotonic() + CODE_MS;
  const { session, browser } = ask;
  broker.codes.set(code, { ticket: ticket.id, session, browser, expires });
  return { code };
}

export function passSession(
  broker: Broker,
  ask: { readonly code: string; readonly session: SessionId; readonly browser: string },
): { readonly pass: string } {
  const entry = broker.codes.get(ask.code);
  broker.codes.delete(ask.code);
  const ticket = entry && broker.tickets.get(entry.ticket);
  if (!entry || entry.session !== ask.session || entry.expires <= broker.clock.monotonic()) {
    throw new ProblemError('not-signed-in', 'no such code, or it has expired');
  }
  if (entry.browser !== ask.browser) {
    throw new ProblemError('not-signed-in', 'the code belongs to another browser');
  }
  if (!ticket || isExpired(ticket, broker.now())) {
    throw new ProblemError('not-signed-in', 'the ticket behind the code has ended');
  }
  const row = requireSession(broker, ticket, ask.session);
  if (row.ended !== null) throw whyEnded(row);
  const pass = makeSecret();
  broker.tickets.insertPass(pass, ticket.id, ask.session);
  return { pass };
}

export async function dialSession(
  broker: Broker,
  ask: { readonly pass: string; readonly session: SessionId },
): Promise<DialInfo> {
  const { id } = requirePass(broker, ask.pass, ask.session);
  await started(broker, ask.session);
  // Check again: the pass may have ended during the wait.
  const ticket = requirePass(broker, ask.pass, ask.session);
  const row = requireSession(broker, ticket, ask.session);
  if (row.ended !== null) throw hasEnded(row);
  const key = broker.keys.get(row.id);
  const pam = pamSessionOf(broker, row);
  if (row.state !== 'running' || !key || !pam) throw notRunning(row.id, row.state);
  return { ticket: id, user: ticket.user, place: pam.place, key: key.toString('base64') };
}

export function touchSession(
  broker: Broker,
  ask: { readonly pass: string; readonly session: SessionId },
): Record<string, never> {
  slideTicket(broker, requirePass(broker, ask.pass, ask.session));
  return {};
}

export function dropCodes(broker: Broker): void {
  for (const [code, { expires }] of broker.codes) {
    if (expires <= broker.clock.monotonic()) broker.codes.delete(code);
  }
}

async function started(broker: Broker, id: SessionId): Promise<void> {
  const row = broker.sessions.find(id);
  if (row === undefined) return;
  const late = AbortSignal.timeout(START_MS);
  // A timeout is not an error of its own: the caller reports the state of the session.
  await whenRow(broker, row, ({ state }) => !isBeingStarted(state), late).catch(() => {});
}

/** The problem of a session that failed, with the reference of the earlier log line. */
function whyEnded(row: SessionRow): ProblemError {
  if (row.problem === null) return hasEnded(row);
  return ProblemError.again(row.problem, `session ${row.id} is '${row.state}'`);
}

/** If somebody ended the session, its exit status means nothing and is left out. */
function hasEnded({ id, name, state, ...row }: SessionRow): ProblemError {
  const { exitStatus, endedBy, lastWords } = row;
  const status = exitStatus === null ? '' : ` with exit status ${exitStatus}`;
  const how = endedBy === null ? `has ended${status}` : `was ${ENDED_BY[endedBy]}`;
  const printed = lastWords === '' ? '' : ` It printed:\n${lastWords}`;
  const text = `The session “${name}” ${how}.${printed}`;
  return new ProblemError('session-ended', `session ${id} is '${state}'`, text);
}

function notRunning(id: SessionId, state: string): ProblemError {
  return new ProblemError('session-not-running', `session ${id} is '${state}'`);
}
