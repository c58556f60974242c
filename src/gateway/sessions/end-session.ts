/** DELETE /api/sessions/:id: begins its end; the live socket reports when it has ended. */
import type { Handler } from '../gateway.ts';
import { requireTicket } from '../security/require-ticket.ts';
import { sessionId } from './session-id.ts';

export const endSession: Handler = async (gateway, c) => {
  const session = sessionId(c);
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: true });
  await gateway.broker.request('session-end', { ticket, session });
  return c.body(null, 202);
};
