/** Events to every gateway that is connected. */
import type { BrokerEvent, Holdings } from '../protocol/gateway-broker.ts';
import type { SessionView } from '../protocol/page-gateway.ts';
import type { Broker } from './context.ts';
import { homeSessionOf } from './home/home-session-view.ts';
import { viewOf } from './sessions/session-view.ts';
import type { Person } from './tickets/ticket-store.ts';

/** How long a session that ended stays on its user's list. */
export const SHOW_ENDED_MS = 3_600_000;

export function announce(broker: Broker, event: BrokerEvent): void {
  for (const gateway of broker.gateways) gateway.send(event);
}

export function announceSessions(broker: Broker, person: Person): void {
  const { user, uid } = person;
  announce(broker, { event: 'sessions', user, uid, sessions: sessionsOf(broker, person) });
}

export function holdingsOf(broker: Broker, person: Person): Holdings {
  return { sessions: sessionsOf(broker, person), homeSession: homeSessionOf(broker, person) };
}

export function sessionsOf(broker: Broker, person: Person): SessionView[] {
  return broker.sessions
    .listOf(person, broker.now() - SHOW_ENDED_MS)
    .map((row) => viewOf(broker, row));
}
