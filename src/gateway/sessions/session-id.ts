/** The id of a session, or of a PAM session, in an address. */
import type { Context } from 'hono';
import { ID_PATTERN, type PamSessionId, type SessionId } from '../../protocol/ids.ts';
import type { Env } from '../gateway.ts';
import { Failure } from '../problem.ts';

export function sessionId(c: Context<Env>): SessionId {
  return readId(c) as SessionId;
}

export function pamSessionId(c: Context<Env>): PamSessionId {
  return readId(c) as PamSessionId;
}

function readId(c: Context<Env>): string {
  const id = c.req.param('id') ?? '';
  if (!ID_PATTERN.test(id)) throw new Failure('session-not-found', 'malformed session id');
  return id;
}
