/** POST /api/pam-sessions/:id/close: begins to close it; the live socket reports when it is closed. */
import type { Handler } from '../gateway.ts';
import { requireTicket } from '../security/require-ticket.ts';
import { pamSessionId } from './session-id.ts';

export const closePamSession: Handler = async (gateway, c) => {
  const pamSession = pamSessionId(c);
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: true });
  await gateway.broker.request('pam-session-close', { ticket, pamSession });
  return c.body(null, 202);
};
