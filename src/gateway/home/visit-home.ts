/**
 * What the home page shows. The visit opens the home session and does not wait for the result. Pages poll this, so it
 * does not keep the ticket alive.
 */
import type { IncomingMessage } from 'node:http';
import type { TicketInfo } from '../../protocol/gateway-broker.ts';
import type { Home } from '../../protocol/page-gateway.ts';
import type { Gateway } from '../gateway.ts';
import { clientOrigin } from '../http/client-origin.ts';
import { requireTicket } from '../security/require-ticket.ts';

/** For the owner of the request's ticket. */
export async function visitHome(gateway: Gateway, incoming: IncomingMessage): Promise<Home> {
  const { ticket, info } = await requireTicket(gateway, incoming, { active: false });
  return visitHomeBy(gateway, incoming, ticket, info);
}

export async function visitHomeBy(
  gateway: Gateway,
  incoming: IncomingMessage,
  ticket: string,
  { user }: Pick<TicketInfo, 'user'>,
): Promise<Home> {
  const ask = { ticket, origin: clientOrigin(gateway, incoming), retry: false };
  const holdings = await gateway.broker.request('home-visit', ask);
  const { sessions, pamSessions, homeSession, troubles, now } = holdings;
  const { hostName: host } = gateway;
  return { user, sessions, pamSessions, homeSession, troubles, host, now };
}
