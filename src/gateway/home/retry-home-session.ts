/** POST /api/home-session: opens the home session again; the live socket reports the result. */
import type { Handler } from '../gateway.ts';
import { clientOrigin } from '../http/client-origin.ts';
import { requireTicket } from '../security/require-ticket.ts';

export const retryHomeSession: Handler = async (gateway, c) => {
  const { incoming } = c.env;
  const { ticket } = await requireTicket(gateway, incoming, { active: true });
  const ask = { ticket, origin: clientOrigin(gateway, incoming), retry: true };
  await gateway.broker.request('home-visit', ask);
  return c.body(null, 202);
};
