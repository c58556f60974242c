/** Events to every gateway that is connected. */
import type { BrokerEvent } from '../protocol/gateway-broker.ts';
import type { UserName } from '../protocol/ids.ts';
import type { SessionView } from '../protocol/page-gateway.ts';
import type { Broker } from './context.ts';
import { viewOf } from './sessions/session-view.ts';

/** How long a session that ended stays on its user's list. */
const SHOW_ENDED_MS = 3_600_000;

export function announce(broker: Broker, event: BrokerEvent): void {
  for (const gateway of broker.gateways) gateway.send(event);
}

export function announceSessions(broker: Broker, user: UserName): void {
  announce(broker, { event: 'sessions', user, sessions: sessionsOf(broker, user) });
}

export function sessionsOf(broker: Broker, user: UserName): SessionView[] {
  return broker.sessions.listOf(user, broker.now() - SHOW_ENDED_MS).map(viewOf);
}
