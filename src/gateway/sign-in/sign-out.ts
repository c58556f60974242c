/**
 * POST /api/sign-out: ends the ticket. Fails without a broker, and the cookie stays: the ticket would still be good.
 */
import type { Gateway, Handler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { clearCookie, readCookie, TICKET_COOKIE } from '../security/cookies.ts';

export const signOut: Handler = async (gateway, c) => {
  const ticket = readCookie(c.req.header('cookie'), TICKET_COOKIE);
  if (ticket !== undefined) await endTicket(gateway, ticket);
  c.header('set-cookie', clearCookie(TICKET_COOKIE));
  return c.body(null, 204);
};

/** That the ticket has already ended is no failure. */
export async function endTicket(gateway: Gateway, ticket: string): Promise<void> {
  gateway.tickets.forget(ticket);
  try {
    await gateway.broker.request('sign-out', { ticket });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-signed-in') throw error;
  }
}
