/** /api/sign-ins: where the person is signed in, and the end of one of them or of all. */
import { ID_PATTERN, type TicketId } from '../../protocol/ids.ts';
import type { SignIns } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { clearCookie, TICKET_COOKIE } from '../security/cookies.ts';
import { requireTicket } from '../security/require-ticket.ts';

export const listSignIns: Handler = async (gateway, c) => {
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: false });
  return c.json<SignIns>(await gateway.broker.request('sign-in-list', { ticket }));
};

export const endSignIn: Handler = async (gateway, c) => {
  const signIn = c.req.param('id') ?? '';
  if (!ID_PATTERN.test(signIn)) throw new Failure('not-found', 'malformed sign-in id');
  const { ticket, info } = await requireTicket(gateway, c.env.incoming, { active: true });
  await gateway.broker.request('sign-in-end', { ticket, signIn: signIn as TicketId });
  if (signIn === info.id) c.header('set-cookie', clearCookie(TICKET_COOKIE));
  return c.body(null, 204);
};

/** Fails without a broker, and the cookie stays: the tickets would still be good. */
export const signOutEverywhere: Handler = async (gateway, c) => {
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: true });
  await gateway.broker.request('sign-out-everywhere', { ticket });
  c.header('set-cookie', clearCookie(TICKET_COOKIE));
  return c.body(null, 204);
};
