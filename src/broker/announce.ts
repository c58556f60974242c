/** Events to every gateway that is connected. */
import { log } from '../lib/log.ts';
import type { BrokerEvent, Holdings } from '../protocol/gateway-broker.ts';
import type { SessionView } from '../protocol/page-gateway.ts';
import type { Broker } from './context.ts';
import { homeSessionOf } from './home/home-session-view.ts';
import type { SessionRow } from './sessions/session-store.ts';
import { viewOf } from './sessions/session-view.ts';
import type { Person } from './tickets/ticket-store.ts';

/** How long a session that ended stays on its user's list. */
export const SHOW_ENDED_MS = 3_600_000;

export function announce(broker: Broker, event: BrokerEvent): void {
  for (const gateway of broker.gateways) gateway.send(event);
}

/** What has changed for a person by a change of this session. */
export function announceSession(broker: Broker, { kind, user, uid }: SessionRow): void {
  const person = { user, uid };
  if (kind === 'home') {
    const homeSession = homeSessionOf(broker, person);
    announce(broker, { event: 'home-session', user, uid, homeSession });
  } else {
    announceSessions(broker, person);
  }
}

/** Once for all that changes in one turn of the event loop: lists are long, and a start has many steps. */
export function announceSessions(broker: Broker, { user, uid }: Person): void {
  const key = `${uid} ${user}`;
  if (broker.gateways.size === 0 || broker.announcing.has(key)) return;
  broker.announcing.add(key);
  setImmediate(() => {
    // Not when the broker has been closed since.
    if (broker.announcing.delete(key)) tellSessions(broker, { user, uid });
  });
}

function tellSessions(broker: Broker, { user, uid }: Person): void {
  try {
    const sessions = sessionsOf(broker, { user, uid });
    announce(broker, { event: 'sessions', user, uid, sessions });
  } catch (error) {
    log.error('sessions-not-announced', { user, error });
  }
}

export function holdingsOf(broker: Broker, person: Person): Holdings {
  return { sessions: sessionsOf(broker, person), homeSession: homeSessionOf(broker, person) };
}

export function sessionsOf(broker: Broker, person: Person): SessionView[] {
  const rows = broker.sessions.listOf(person, broker.now() - SHOW_ENDED_MS);
  return rows.filter(({ kind }) => kind !== 'home').map((row) => viewOf(broker, row));
}
