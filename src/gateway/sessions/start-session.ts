/** POST /api/sessions: begins the start of a session; the live socket reports whether it runs or failed. */
import * as v from 'valibot';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { clientOrigin } from '../http/client-origin.ts';
import { readJson } from '../http/read-json.ts';
import { requireTicket } from '../security/require-ticket.ts';

/** kind: checked by the broker, which knows all kinds. */
const sessionStart = v.strictObject({ kind: v.pipe(v.string(), v.maxLength(64)) });

export const startSession: Handler = async (gateway, c) => {
  const { incoming } = c.env;
  const { kind } = await readJson(incoming, sessionStart, gateway.limits.body);
  const { ticket } = await requireTicket(gateway, incoming, { active: true });
  const ask = { ticket, kind, origin: clientOrigin(gateway, incoming) };
  const { session } = await gateway.broker.request('session-start', ask);
  return c.json<SessionView>(session, 202);
};
