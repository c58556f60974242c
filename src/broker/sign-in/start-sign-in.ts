/** The first step of a sign-in: a new leader, and its first prompts. */

import { type LeaderConnection, LeaderError } from '../../launcher/leader-connection.ts';
import { KEY_SECONDS } from '../../protocol/broker-leader.ts';
import type { BrokerSignInStep, Requests } from '../../protocol/gateway-broker.ts';
import { isUserName } from '../../protocol/names.ts';
import type { Peer } from '../base/peer.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import { Conversation, type SignInStart } from '../talks/conversation.ts';
import { untilGrid } from '../throttle/failure-grid.ts';
import { attemptOf } from './attempt-of.ts';
import { refuseSignIn } from './give-step.ts';
import { requirePatience, takeTurn } from './take-turn.ts';

/** How long the result of a turn waits for the request that fetches it. Pages send this request at once. */
const UNHEARD_MS = 60_000;

export async function startSignIn(
  broker: Broker,
  ask: Requests['sign-in-start']['ask'],
  peer: Peer,
): Promise<BrokerSignInStep> {
  const start = {
    id: ask.conversation,
    user: ask.user,
    origin: ask.origin,
    browser: ask.browser ?? '',
  };
  requirePatience(broker, attemptOf(start));
  broker.store.requireWritable();
  const conversation = openConversation(broker, start, peer);
  if (!isUserName(ask.user)) return refuseName(broker, conversation);
  await enterLine(broker, conversation);
  const leader = await reachLeader(broker, conversation);
  const { loginProfile } = broker.settings;
  return takeTurn(broker, conversation, () => conversation.start(leader, loginProfile));
}

/** No leader would accept the name. The text and the delay are those of an incorrect password. */
async function refuseName(broker: Broker, conversation: Conversation): Promise<never> {
  const began = broker.clock.monotonic();
  broker.throttle.fail(attemptOf(conversation), 'wrong');
  const error = refuseSignIn(broker, conversation, 'sign-in-failed', 'not a name');
  await untilGrid(broker.clock, began);
  throw error;
}

async function enterLine(broker: Broker, conversation: Conversation): Promise<void> {
  try {
    await broker.slots.enter(conversation);
  } catch (error) {
    conversation.end((error as Error).message);
    throw error;
  }
}

function openConversation(broker: Broker, start: SignInStart, owner: Peer): Conversation {
  const { id } = start;
  if (broker.conversations.has(id))
    throw new ProblemError('bad-request', 'the conversation id is in use');
  const expire = () => conversation.end('its key has expired');
  const abandon = () => conversation.end('the gateway has gone');
  const timer = setTimeout(expire, KEY_SECONDS * 1000);
  const conversation = new Conversation({ owner, ...start }, () => {
    clearTimeout(timer);
    owner.closed.removeEventListener('abort', abandon);
    broker.slots.leave(conversation);
    const forget = () => broker.conversations.delete(id);
    // The next request still gets the result of the answers.
    if (conversation.turn === null) forget();
    else setTimeout(forget, UNHEARD_MS).unref();
  });
  owner.closed.addEventListener('abort', abandon);
  broker.conversations.set(id, conversation);
  return conversation;
}

async function reachLeader(broker: Broker, conversation: Conversation): Promise<LeaderConnection> {
  try {
    return await broker.launchers.local.open();
  } catch (error) {
    const busy = error instanceof LeaderError && error.kind === 'refused';
    const code = busy ? 'sign-in-busy' : 'sign-in-unavailable';
    throw refuseSignIn(broker, conversation, code, (error as Error).message);
  }
}
