/** PATCH /api/sessions/:id: renames a session; every open page hears of it. */
import * as v from 'valibot';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { readJson } from '../http/read-json.ts';
import { requireTicket } from '../security/require-ticket.ts';
import { sessionId } from './session-id.ts';

const sessionRename = v.strictObject({ name: v.pipe(v.string(), v.maxLength(1024)) });

export const renameSession: Handler = async (gateway, c) => {
  const session = sessionId(c);
  const { name } = await readJson(c.env.incoming, sessionRename, gateway.limits.body);
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: true });
  const answer = await gateway.broker.request('session-rename', { ticket, session, name });
  return c.json<SessionView>(answer.session);
};
