/** When a ticket expires: if it is not used (idle), and at the latest (absolute). */
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { Ticket } from './ticket-store.ts';

export interface TicketSettings {
  /** How long a ticket lasts without use. */
  readonly timeoutMinutes: number;
  /** How long it lasts at most. */
  readonly staySignedInDays: number;
}

export function idleEnd(settings: TicketSettings, now: number, absoluteEnd: number): number {
  return Math.min(now + settings.timeoutMinutes * 60_000, absoluteEnd);
}

/** How long a ticket may last at most. */
export function longestMs({ staySignedInDays }: TicketSettings): number {
  return staySignedInDays * 86_400_000;
}

/** Not later than its grant: without a grant a ticket is useless. */
export function absoluteEnd(settings: TicketSettings, issued: number, grantEnd: number): number {
  return Math.min(issued + longestMs(settings), grantEnd);
}

export function isExpired(ticket: Ticket, now: number): boolean {
  return now >= Math.min(ticket.idleEnd, ticket.absoluteEnd);
}

/** The part of a ticket that the gateway gets. */
export function infoOf({ id, user, uid, idleEnd, absoluteEnd }: Ticket, now: number): TicketInfo {
  return { id, user, uid, idleMs: idleEnd - now, absoluteMs: absoluteEnd - now };
}
