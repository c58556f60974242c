/** The further steps of a sign-in: answers, or cancelling it. */
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Peer } from '../base/peer.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import type { Conversation } from '../talks/conversation.ts';
import { readSealed } from '../talks/pam-items.ts';
import { attemptOf } from './attempt-of.ts';
import { hearStep } from './hear-step.ts';
import { requirePatience, takeTurn } from './take-turn.ts';

export async function answerSignIn(
  broker: Broker,
  ask: { readonly conversation: ConversationId; readonly sealed: readonly string[] },
  peer: Peer,
): Promise<BrokerSignInStep> {
  const conversation = requireConversation(broker, ask.conversation, peer);
  const sealed = readSealed(ask.sealed);
  const { wanted, turn } = conversation;
  if (sealed.length === 0 && turn !== null) return hearStep(broker, conversation);
  if (turn !== null || wanted === 0 || sealed.length !== wanted) {
    throw new ProblemError(
      'bad-request',
      `${sealed.length} answers came, ${wanted} are wanted now`,
    );
  }
  try {
    requirePatience(broker, attemptOf(conversation));
  } catch (error) {
    conversation.end('locked meanwhile by other failed sign-ins');
    throw error;
  }
  return takeTurn(broker, conversation, () => conversation.answer(sealed));
}

export function cancelSignIn(
  broker: Broker,
  ask: { readonly conversation: ConversationId },
  peer: Peer,
): Record<string, never> {
  requireConversation(broker, ask.conversation, peer).end('cancelled');
  broker.conversations.delete(ask.conversation);
  return {};
}

function requireConversation(broker: Broker, id: ConversationId, peer: Peer): Conversation {
  const conversation = broker.conversations.get(id);
  if (conversation === undefined || conversation.owner !== peer) {
    throw new ProblemError('conversation-gone', `there is no conversation ${id}`);
  }
  return conversation;
}
