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
  if (broker.settings.sessionsEnabled && wanted) tryHome(broker, ticket, ask);
  return holdingsOf(broker, ticket);
}

/**
 * Without room on the disk, where earlier ones do not close, or with as many PAM sessions as a user may have, it cannot
 * be opened; the page has what there is. Who asked for it is told that they have too many.
 */
function tryHome(broker: Broker, ticket: Ticket, ask: { origin: Origin; retry: boolean }): void {
  try {
    openHome(broker, ticket, ask.origin.address);
  } catch (error) {
    const expected = ['disk', 'session-hangs', ...(ask.retry ? [] : ['session-refused'])];
    if (!(error instanceof ProblemError && expected.includes(error.problem.code))) throw error;
  }
}

/** Whether it failed since this sign-in. Then only the user may try again, because pages visit again and again. */
function hasFailed(broker: Broker, ticket: Ticket): boolean {
  const last = broker.pamSessions.homeOf(ticket);
  if (last === undefined || last.started < ticket.issued) return false;
  return last.state === 'failed' || last.state === 'stuck';
}
