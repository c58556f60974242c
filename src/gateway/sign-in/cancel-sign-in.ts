/** DELETE /api/sign-in/:conversation: the person will not answer. */
import type { Handler } from '../gateway.ts';
import { ownConversation } from './own-conversation.ts';

export const cancelSignIn: Handler = async (gateway, c) => {
  const conversation = ownConversation(gateway, c);
  gateway.conversations.end(conversation);
  await gateway.broker.request('sign-in-cancel', { conversation });
  return c.body(null, 204);
};
