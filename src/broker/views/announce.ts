/** Events to every gateway that is connected. */
import type { BrokerEvent, Holdings } from '../../protocol/gateway-broker.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { lastThatFit, splitToFit } from '../base/fit-frame.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import type { Broker } from '../state/context.ts';
import { homeSessionOf } from './home-session-view.ts';
import { openPamSessionsOf, staysOpen } from './idle-pam-sessions.ts';
import { pamSessionOf } from './pam-session-of.ts';
import { viewOf } from './session-view.ts';
import { troublesFor } from './troubles-for.ts';

/** How long an ended session stays on the list of its user. */
export const SHOW_ENDED_MS = 3_600_000;

export function announce(broker: Broker, event: BrokerEvent): void {
  for (const gateway of broker.gateways) gateway.tell(event);
}

/** Announces a changed session. All changes in one turn of the event loop are announced together. */
export function announceSession(broker: Broker, row: SessionRow): void {
  if (broker.gateways.size === 0) return;
  if (broker.announcing.size === 0) setImmediate(tellSessions, broker);
  broker.announcing.set(row.id, row);
  const pam = row.ended === null ? undefined : pamSessionOf(broker, row);
  if (pam !== undefined) announceLeftOver(broker, pam);
}

/** Announces a home session, and the sessions that wait for this PAM session: their view shows the current step. */
export function announcePamSession(broker: Broker, row: PamSessionRow): void {
  const { isHome, user, uid } = row;
  if (broker.gateways.size === 0) return;
  if (isHome) {
    announce(broker, { event: 'home-session', user, uid, homeSession: homeSessionOf(broker, row) });
  }
  const sessions = broker.sessions.listIn(row);
  for (const session of sessions)
    if (isBeingStarted(session.state)) announceSession(broker, session);
  if (sessions.length === 0) announceLeftOver(broker, row);
}

/** The whole list of its user, once for all that changes in one turn of the event loop. */
function announceLeftOver(broker: Broker, row: PamSessionRow): void {
  const { user, uid } = row;
  if (!staysOpen(row)) return;
  if (broker.announcingPam.size === 0) setImmediate(tellPamSessions, broker);
  broker.announcingPam.set(personKey(row), { user, uid });
}

function tellPamSessions(broker: Broker): void {
  const persons = [...broker.announcingPam.values()];
  broker.announcingPam.clear();
  for (const person of persons) {
    const pamSessions = openPamSessionsOf(broker, person);
    announce(broker, { event: 'pam-sessions', ...person, pamSessions });
  }
}

/** Sends only the sessions that have changed: lists are long, and a start has many steps. */
function tellSessions(broker: Broker): void {
  const persons = Map.groupBy(broker.announcing.values(), personKey);
  broker.announcing.clear();
  for (const rows of persons.values()) {
    const { user, uid } = rows[0]!;
    for (const sessions of splitToFit(rows.map((row) => viewOf(broker, row)))) {
      announce(broker, { event: 'sessions', user, uid, sessions });
    }
  }
}

export function holdingsOf(broker: Broker, person: Person): Holdings {
  const homeSession = homeSessionOf(broker, person);
  const troubles = troublesFor(broker, person);
  const pamSessions = openPamSessionsOf(broker, person);
  const sessions = sessionsOf(broker, person);
  return { sessions, pamSessions, homeSession, troubles, now: broker.now() };
}

export function sessionsOf(broker: Broker, person: Person): SessionView[] {
  const rows = broker.sessions.listOf(person, broker.now() - SHOW_ENDED_MS);
  return lastThatFit(rows.map((row) => viewOf(broker, row)));
}
