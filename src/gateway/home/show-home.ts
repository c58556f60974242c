/** GET /api/home: the person and their sessions. Pages poll it, so it does not keep the ticket alive. */
import type { Home } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { requireTicket } from '../sign-in/require-ticket.ts';

export const showHome: Handler = async (gateway, c) => {
  const { ticket, info } = await requireTicket(gateway, c.env.incoming, { active: false });
  const { sessions } = await gateway.broker.request('session-list', { ticket });
  const { hostName: host, clock } = gateway;
  return c.json<Home>({ user: info.user, sessions, host, now: clock.wall() });
};
