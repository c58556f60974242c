/** When a ticket ends: unless used, and whatever happens. */
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { BrokerSettings } from '../context.ts';
import type { Ticket } from './ticket-store.ts';

export function idleEnd(settings: BrokerSettings, now: number, absoluteEnd: number): number {
  return Math.min(now + settings.timeoutMinutes * 60_000, absoluteEnd);
}

/** How long a ticket may last at most. */
export function longestMs({ staySignedInDays }: BrokerSettings): number {
  return staySignedInDays * 86_400_000;
}

/** Without its grant a ticket is worth nothing. */
export function absoluteEnd(settings: BrokerSettings, issued: number, grantEnd: number): number {
  return Math.min(issued + longestMs(settings), grantEnd);
}

export function isExpired(ticket: Ticket, now: number): boolean {
  return now >= Math.min(ticket.idleEnd, ticket.absoluteEnd);
}

/** What the gateway may know of it. */
export function infoOf({ id, user, uid, idleEnd, absoluteEnd }: Ticket): TicketInfo {
  return { id, user, uid, idleEnd, absoluteEnd };
}
