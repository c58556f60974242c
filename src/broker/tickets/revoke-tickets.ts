/** Revokes tickets: removes rows, tells gateways, and disconnects the sessions of users who have no ticket left. */

import { splitToFit } from '../base/fit-frame.ts';
import { closeUnused } from '../pam-sessions/close-unused.ts';
import { replaceKeysOf } from '../pam-sessions/session-keys.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { announce } from '../views/announce.ts';

export function revokeExpired(broker: Broker): void {
  revokeTickets(broker, broker.tickets.listExpired(broker.now()), 'ticket-expired');
}

/** Revokes the tickets of the account that had this name before. */
export function revokeNamesakes(broker: Broker, person: Person): void {
  revokeTickets(broker, broker.tickets.listNamesakes(person), 'user-replaced');
}

/** event, detail: for the audit. */
export function revokeTickets(
  broker: Broker,
  tickets: readonly Ticket[],
  event: string,
  detail = '',
): void {
  if (tickets.length === 0) return;
  broker.store.transact(() => {
    for (const { id, user, uid, address } of tickets) {
      broker.tickets.remove(id);
      const words = detail === '' ? `ticket ${id}` : `ticket ${id}: ${detail}`;
      broker.audit({ event, user, uid, address, detail: words });
    }
  });
  for (const ids of splitToFit(tickets.map(({ id }) => id))) {
    announce(broker, { event: 'revoked', tickets: ids });
  }
  const persons = new Map(tickets.map((ticket) => [personKey(ticket), ticket]));
  for (const person of persons.values()) {
    if (broker.tickets.listOf(person).length > 0) continue;
    replaceKeysOf(broker, person);
    closeUnused(broker, person);
  }
}
