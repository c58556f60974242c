/** POST /api/sign-in/:conversation: the sealed answers to the prompts, from the browser that was asked. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Home } from '../../protocol/page-gateway.ts';
import type { Gateway, Handler } from '../gateway.ts';
import { visitHomeBy } from '../home/visit-home.ts';
import { readJson } from '../http/read-json.ts';
import { Failure } from '../problem.ts';
import { answerStep, SIGN_IN_MS, type SignedIn } from './answer-step.ts';
import { answers } from './answers.ts';
import { ownConversation } from './own-conversation.ts';

const signInAnswers = v.strictObject({
  answers,
  visit: v.optional(v.boolean(), false),
});

export const answerSignIn: Handler = async (gateway, c) => {
  const conversation = ownConversation(gateway, c);
  const { incoming } = c.env;
  const ask = await readJson(incoming, signInAnswers, gateway.limits.body);
  const step = await passOn(gateway, conversation, ask.answers);
  if (step.kind !== 'signed-in') return answerStep(gateway, c, conversation, step);
  gateway.conversations.end(conversation);
  const home = ask.visit ? await firstHome(gateway, incoming, step) : null;
  return answerStep(gateway, c, conversation, step, home);
};

/** The person is signed in even if this fails: the page then asks again for what is missing. */
async function firstHome(
  gateway: Gateway,
  incoming: IncomingMessage,
  { ticket, info }: SignedIn,
): Promise<Home | null> {
  try {
    return await visitHomeBy(gateway, incoming, ticket, info);
  } catch (detail) {
    gateway.log.warning('home not shown with the sign-in', { detail });
    return null;
  }
}

/** A failure ends the conversation, except when the answers merely do not fit the prompts. */
async function passOn(
  gateway: Gateway,
  conversation: ConversationId,
  sealed: readonly string[],
): Promise<BrokerSignInStep> {
  try {
    return await gateway.broker.request('sign-in-answer', { conversation, sealed }, SIGN_IN_MS);
  } catch (error) {
    const repairable = error instanceof Failure && error.code === 'bad-request';
    if (!repairable) gateway.conversations.end(conversation);
    throw error;
  }
}
