/** A person looks at the home page, which opens their home session. */
import type { Holdings, Origin } from '../../protocol/gateway-broker.ts';
import { holdingsOf } from '../announce.ts';
import type { Broker } from '../context.ts';
import { requireTicket } from '../tickets/check-ticket.ts';
import type { Ticket } from '../tickets/ticket-store.ts';
import { openHome } from './open-home.ts';

export function visitHome(
  broker: Broker,
  ask: { readonly ticket: string; readonly origin: Origin; readonly retry: boolean },
): Holdings {
  const ticket = requireTicket(broker, ask.ticket);
  const wanted = ask.retry || !hasFailed(broker, ticket);
  if (broker.settings.sessionsEnabled && wanted) openHome(broker, ticket, ask.origin.address);
  return holdingsOf(broker, ticket);
}

/** Since this sign-in. Pages ask again and again: whether it is tried again is the person's to say. */
function hasFailed(broker: Broker, ticket: Ticket): boolean {
  const last = broker.sessions.homeOf(ticket);
  if (last === undefined || last.started < ticket.issued) return false;
  return last.state === 'failed' || last.state === 'stuck';
}
