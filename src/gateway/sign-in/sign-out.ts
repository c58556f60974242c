/** POST /api/sign-out: ends the ticket. Without a broker it fails and the cookie stays: the ticket would live on. */
import type { Handler } from '../gateway.ts';
import { clearCookie, readCookie, TICKET_COOKIE } from '../security/cookies.ts';

export const signOut: Handler = async (gateway, c) => {
  const ticket = readCookie(c.req.header('cookie'), TICKET_COOKIE);
  if (ticket !== undefined) {
    await gateway.broker.request('sign-out', { ticket });
    gateway.tickets.forget(ticket);
  }
  c.header('set-cookie', clearCookie(TICKET_COOKIE));
  return c.body(null, 204);
};
