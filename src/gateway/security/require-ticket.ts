/** Checks the ticket cookie of a request. */
import type { IncomingMessage } from 'node:http';
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { Gateway } from '../gateway.ts';
import { readCookie, TICKET_COOKIE } from './cookies.ts';

/** active: a person did something, which extends the ticket; polling in the background does not. */
export async function requireTicket(
  gateway: Gateway,
  incoming: IncomingMessage,
  { active }: { readonly active: boolean },
): Promise<{ readonly ticket: string; readonly info: TicketInfo }> {
  const ticket = readCookie(incoming.headers.cookie, TICKET_COOKIE);
  const info = await gateway.tickets.check(ticket, active);
  return { ticket: ticket!, info };
}
