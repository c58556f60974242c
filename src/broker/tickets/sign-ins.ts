/** Lists where a user is signed in, and ends sign-ins: this one, another one, or all. */
import type { TicketId, UserName } from '../../protocol/ids.ts';
import type { SignInView } from '../../protocol/page-gateway.ts';
import { lastThatFit } from '../base/fit-frame.ts';
import { ProblemError } from '../base/problem.ts';
import { isExpired } from '../rows/ticket-times.ts';
import type { Broker } from '../state/context.ts';
import { requireTicket } from './check-ticket.ts';
import { revokeTickets } from './revoke-tickets.ts';

type Asker = { readonly ticket: string };
type Nothing = Record<string, never>;

export function listSignIns(
  broker: Broker,
  ask: Asker,
): { readonly signIns: readonly SignInView[] } {
  const own = requireTicket(broker, ask.ticket);
  const living = broker.tickets.listOf(own).filter((ticket) => !isExpired(ticket, broker.now()));
  const signIns = living.map(({ id, address, userAgent, issued, used }) => {
    return { id, address, userAgent, started: issued, used, current: id === own.id };
  });
  const others = lastThatFit(signIns.filter(({ current }) => !current));
  const listed = new Set([own.id, ...others.map(({ id }) => id)]);
  return { signIns: signIns.filter(({ id }) => listed.has(id)) };
}

export function signOut(broker: Broker, ask: Asker): Nothing {
  revokeTickets(broker, [requireTicket(broker, ask.ticket)], 'sign-out');
  return {};
}

/** Ends another sign-in of the same user, by its id. */
export function endSignIn(broker: Broker, ask: Asker & { readonly signIn: TicketId }): Nothing {
  const own = requireTicket(broker, ask.ticket);
  const wanted = broker.tickets.listOf(own).filter(({ id }) => id === ask.signIn);
  if (wanted.length === 0) {
    throw new ProblemError('not-found', `ticket ${ask.signIn} does not belong to '${own.user}'`);
  }
  revokeTickets(broker, wanted, 'sign-out', `by ticket ${own.id}`);
  return {};
}

export function signOutEverywhere(broker: Broker, ask: Asker): Nothing {
  const own = requireTicket(broker, ask.ticket);
  revokeTickets(broker, broker.tickets.listOf(own), 'sign-out-everywhere', `by ticket ${own.id}`);
  return {};
}

/** For root: ends the sign-ins of one user name, or (null) of all users. */
export function signOutByRoot(
  broker: Broker,
  ask: { readonly user: string | null },
): { readonly tickets: number } {
  const { tickets: store } = broker;
  const tickets = ask.user === null ? store.listAll() : store.listNamed(ask.user as UserName);
  revokeTickets(broker, tickets, 'sign-out-by-root');
  return { tickets: tickets.length };
}
