/** Step one of a sign-in: a fresh leader, and its first prompts. */
import { randomBytes } from 'node:crypto';
import { KEY_SECONDS, MAX_NAME } from '../../protocol/broker-leader.ts';
import type { BrokerSignInStep, Origin } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Broker } from '../context.ts';
import { connectLeader, type LeaderConnection, LeaderError } from '../leader-client.ts';
import type { Peer } from '../peer.ts';
import { ProblemError } from '../problem.ts';
import { Conversation } from './conversation.ts';
import { giveStep, refuseSignIn } from './give-step.ts';

/** Each holds a leader; rootd has its own, lower, cap on those. */
const MAX_CONVERSATIONS = 1000;

export async function startSignIn(
  broker: Broker,
  ask: { readonly user: string; readonly origin: Origin },
  peer: Peer,
): Promise<BrokerSignInStep> {
  const conversation = openConversation(broker, ask.user, ask.origin, peer);
  // Such a name cannot travel to a leader. In the same words as a wrong password.
  if (!isName(ask.user)) throw refuseSignIn(broker, conversation, 'sign-in-failed', 'not a name');
  const leader = await reachLeader(broker, conversation);
  const outcome = await conversation.start(leader, broker.settings.loginProfile);
  return giveStep(broker, conversation, outcome);
}

function openConversation(broker: Broker, user: string, origin: Origin, owner: Peer): Conversation {
  if (broker.conversations.size >= MAX_CONVERSATIONS) {
    throw new ProblemError('sign-in-busy', `${MAX_CONVERSATIONS} conversations are open`);
  }
  const id = randomBytes(16).toString('hex') as ConversationId;
  const expire = () => conversation.end('its key has expired');
  const abandon = () => conversation.end('the gateway has gone');
  const timer = setTimeout(expire, KEY_SECONDS * 1000);
  const conversation = new Conversation({ id, user, origin, owner }, () => {
    clearTimeout(timer);
    owner.closed.removeEventListener('abort', abandon);
    broker.conversations.delete(id);
  });
  owner.closed.addEventListener('abort', abandon);
  broker.conversations.set(id, conversation);
  return conversation;
}

function isName(user: string): boolean {
  const size = Buffer.byteLength(user);
  return size > 0 && size <= MAX_NAME && user.isWellFormed() && !/\p{Cc}/u.test(user);
}

async function reachLeader(broker: Broker, conversation: Conversation): Promise<LeaderConnection> {
  try {
    return await connectLeader(broker.paths.rootd);
  } catch (error) {
    const busy = error instanceof LeaderError && error.kind === 'refused';
    const code = busy ? 'sign-in-busy' : 'sign-in-unavailable';
    throw refuseSignIn(broker, conversation, code, (error as Error).message);
  }
}
