/** A person looks at the home page. */
import type { Holdings, Origin } from '../../protocol/gateway-broker.ts';
import { holdingsOf } from '../announce.ts';
import type { Broker } from '../context.ts';
import { requireTicket } from '../tickets/check-ticket.ts';

export function visitHome(
  broker: Broker,
  ask: { readonly ticket: string; readonly origin: Origin; readonly retry: boolean },
): Holdings {
  return holdingsOf(broker, requireTicket(broker, ask.ticket));
}
