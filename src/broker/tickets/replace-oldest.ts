/** Limits the tickets of a user (auth-sign-ins-per-user): a further sign-in ends an old one of the same user. */

import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { revokeTickets } from './revoke-tickets.ts';

/** Revokes those tickets of the user that were used longest ago, never the newest. */
export function replaceOldest(broker: Broker, newest: Ticket): void {
  const most = broker.settings.signInsPerUser;
  const others = broker.tickets.listOf(newest).filter(({ id }) => id !== newest.id);
  const tooMany = others.length + 1 - most;
  if (tooMany <= 0) return;
  const oldest = others.toSorted((a, b) => a.used - b.used).slice(0, tooMany);
  revokeTickets(broker, oldest, 'sign-in-replaced', `more than ${most} sign-ins`);
}
