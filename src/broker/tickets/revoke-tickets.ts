/** Ends tickets: rows gone, gateways told, and nobody enters the sessions of a user without any. */
import type { UserName } from '../../protocol/ids.ts';
import { announce } from '../announce.ts';
import type { Broker } from '../context.ts';
import { transact } from '../database/transact.ts';
import { rotateKey } from '../sessions/session-keys.ts';
import { requireTicket } from './check-ticket.ts';
import type { Ticket } from './ticket-store.ts';

export function signOut(broker: Broker, ask: { readonly ticket: string }): Record<string, never> {
  revokeTickets(broker, [requireTicket(broker, ask.ticket)], 'sign-out');
  return {};
}

export function revokeExpired(broker: Broker): void {
  const expired = broker.tickets.listExpired(broker.now());
  if (expired.length > 0) revokeTickets(broker, expired, 'ticket-expired');
}

function revokeTickets(broker: Broker, tickets: readonly Ticket[], event: string): void {
  transact(broker.store.database, () => {
    for (const { id, user, uid, address } of tickets) {
      broker.tickets.remove(id);
      broker.audit({ event, user, uid, address, detail: `ticket ${id}` });
    }
  });
  announce(broker, { event: 'revoked', tickets: tickets.map(({ id }) => id) });
  for (const user of new Set(tickets.map((ticket) => ticket.user))) {
    if (broker.tickets.countOf(user) === 0) rotateKeysOf(broker, user);
  }
}

/** Whoever still holds a connection to a session of theirs, by whatever way, loses it. */
function rotateKeysOf(broker: Broker, user: UserName): void {
  for (const link of broker.links.values()) {
    if (broker.sessions.find(link.session)?.user === user) rotateKey(link, 'drop');
  }
}
