/** The conversation in the address, if this browser began it. */
import type { Context } from 'hono';
import { type ConversationId, ID_PATTERN } from '../../protocol/ids.ts';
import type { Env, Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { readCookie, SIGN_IN_COOKIE } from '../security/cookies.ts';

export function ownConversation(gateway: Gateway, c: Context<Env>): ConversationId {
  const conversation = c.req.param('conversation') ?? '';
  if (!ID_PATTERN.test(conversation)) throw new Failure('not-found', 'malformed conversation id');
  const cookie = readCookie(c.req.header('cookie'), SIGN_IN_COOKIE);
  gateway.conversations.check(conversation as ConversationId, cookie);
  return conversation as ConversationId;
}
