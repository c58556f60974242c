/** When a ticket ends: unless used, and whatever happens. */
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { BrokerSettings } from '../context.ts';
import type { Ticket } from './ticket-store.ts';

export function idleEnd(settings: BrokerSettings, now: number, absoluteEnd: number): number {
  return Math.min(now + settings.timeoutMinutes * 60_000, absoluteEnd);
}

export function isExpired(ticket: Ticket, now: number): boolean {
  return now >= Math.min(ticket.idleEnd, ticket.absoluteEnd);
}

/** What the gateway may know of it. */
export function infoOf({ id, user, idleEnd, absoluteEnd }: Ticket): TicketInfo {
  return { id, user, idleEnd, absoluteEnd };
}
