/** A user visits the home page, which opens the home session. */
import type { Holdings, Origin } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { requireTicket } from '../tickets/check-ticket.ts';
import { holdingsOf } from '../views/announce.ts';
import { openHome } from './open-home.ts';

export function visitHome(
  broker: Broker,
  ask: { readonly ticket: string; readonly origin: Origin; readonly retry: boolean },
): Holdings {
  const ticket = requireTicket(broker, ask.ticket);
  const wanted = ask.retry || !hasFailed(broker, ticket);
  if (broker.settings.sessionsEnabled && wanted) tryHome(broker, ticket, ask.origin.address);
  return holdingsOf(broker, ticket);
}

/** If the disk cannot be written, or earlier ones do not close, the page is shown without a home session. */
function tryHome(broker: Broker, ticket: Ticket, address: string): void {
  try {
    openHome(broker, ticket, address);
  } catch (error) {
    const isKnown =
      error instanceof ProblemError && ['disk', 'session-hangs'].includes(error.problem.code);
    if (!isKnown) throw error;
  }
}

/** Whether it failed since this sign-in. Then only the user may try again, because pages visit again and again. */
function hasFailed(broker: Broker, ticket: Ticket): boolean {
  const last = broker.pamSessions.homeOf(ticket);
  if (last === undefined || last.started < ticket.issued) return false;
  return last.state === 'failed' || last.state === 'stuck';
}
