/**
 * GET /api/home: the person, their sessions, their home session. The visit opens that; whether it will open is not waited
 * for. Pages poll this, so it does not keep the ticket alive.
 */
import type { Home } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { clientOrigin } from '../http/client-origin.ts';
import { requireTicket } from '../sign-in/require-ticket.ts';

export const showHome: Handler = async (gateway, c) => {
  const { incoming } = c.env;
  const { ticket, info } = await requireTicket(gateway, incoming, { active: false });
  const ask = { ticket, origin: clientOrigin(gateway, incoming), retry: false };
  const { sessions, homeSession } = await gateway.broker.request('home-visit', ask);
  const { hostName: host, clock } = gateway;
  return c.json<Home>({ user: info.user, sessions, homeSession, host, now: clock.wall() });
};
