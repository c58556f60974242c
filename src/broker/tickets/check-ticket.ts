/** Finds the ticket for a cookie or a pass, and extends it when the user is active. */
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import { idleEnd, infoOf, isExpired } from '../rows/ticket-times.ts';
import type { Broker } from '../state/context.ts';

/** A shorter extension is not worth a write that waits for the disk. */
const SLIDE_MS = 20_000;

export function requireTicket(broker: Broker, secret: string): Ticket {
  return requireValid(broker, broker.tickets.find(secret), 'no such ticket');
}

export function requirePass(broker: Broker, pass: string, session: SessionId): Ticket {
  return requireValid(broker, broker.tickets.findByPass(pass, session), 'no such pass');
}

export function checkTicket(
  broker: Broker,
  ask: { readonly ticket: string; readonly active: boolean },
): TicketInfo {
  const ticket = requireTicket(broker, ask.ticket);
  return infoOf(ask.active ? slideTicket(broker, ticket) : ticket, broker.now());
}

export function slideTicket(broker: Broker, ticket: Ticket): Ticket {
  const used = broker.now();
  if (used < ticket.used + SLIDE_MS) return ticket;
  const end = idleEnd(broker.settings, used, ticket.absoluteEnd);
  broker.tickets.slide(ticket.id, end, used);
  return { ...ticket, used, idleEnd: end };
}

function requireValid(broker: Broker, ticket: Ticket | undefined, detail: string): Ticket {
  if (ticket === undefined) throw new ProblemError('not-signed-in', detail);
  if (isExpired(ticket, broker.now())) {
    throw new ProblemError('not-signed-in', `ticket ${ticket.id} of '${ticket.user}' has expired`);
  }
  return ticket;
}
