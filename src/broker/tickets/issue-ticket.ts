/** Issues the ticket when a leader has signed a user in. */
import { randomBytes } from 'node:crypto';
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { TicketId } from '../../protocol/ids.ts';
import type { Person } from '../rows/person.ts';
import { makeSecret, type Ticket } from '../rows/ticket-store.ts';
import { absoluteEnd, idleEnd, infoOf } from '../rows/ticket-times.ts';
import type { Broker } from '../state/context.ts';
import { noteAsked } from './recheck.ts';
import { replaceOldest } from './replace-oldest.ts';
import { revokeNamesakes } from './revoke-tickets.ts';

export interface SignedInUser extends Person {
  readonly grant: Uint8Array;
  /** The name that the user typed. */
  readonly typed: string;
  /** Unix ms. After that the grant is invalid, so the ticket is useless too. */
  readonly grantEnd: number;
  readonly address: string;
  readonly userAgent: string;
}

export function issueTicket(
  broker: Broker,
  person: SignedInUser,
): { readonly ticket: string; readonly info: TicketInfo } {
  const issued = broker.now();
  const { user, uid, typed, grant, grantEnd, address, userAgent } = person;
  const end = absoluteEnd(broker.settings, issued, grantEnd);
  const ticket: Ticket = {
    id: randomBytes(16).toString('hex') as TicketId,
    user,
    uid,
    grant,
    address,
    userAgent,
    issued,
    used: issued,
    idleEnd: idleEnd(broker.settings, issued, end),
    absoluteEnd: end,
  };
  const secret = makeSecret();
  revokeNamesakes(broker, person);
  broker.store.transactOnDisk(() => {
    broker.tickets.insert(ticket, secret);
    broker.audit({
      event: 'sign-in',
      user,
      uid,
      address,
      detail: `ticket ${ticket.id}${typed === user ? '' : `, typed '${typed}'`}, ${userAgent}`,
    });
  });
  replaceOldest(broker, ticket);
  noteAsked(broker, ticket);
  return { ticket: secret, info: infoOf(ticket, broker.now()) };
}
