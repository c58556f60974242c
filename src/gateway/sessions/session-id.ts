/** The session id in an address. */
import type { Context } from 'hono';
import { ID_PATTERN, type SessionId } from '../../protocol/ids.ts';
import type { Env } from '../gateway.ts';
import { Failure } from '../problem.ts';

export function sessionId(c: Context<Env>): SessionId {
  const id = c.req.param('id') ?? '';
  if (!ID_PATTERN.test(id)) throw new Failure('session-not-found', 'malformed session id');
  return id as SessionId;
}
