/** POST /api/sign-in/:conversation: the sealed answers to the prompts, from the browser that was asked. */
import * as v from 'valibot';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';
import type { Gateway, Handler } from '../gateway.ts';
import { readJson } from '../http/read-json.ts';
import { Failure } from '../problem.ts';
import { answerStep, SIGN_IN_MS } from './answer-step.ts';
import { ownConversation } from './own-conversation.ts';

/** PAM_MAX_NUM_MSG */
const MAX_ANSWERS = 32;
const sealed = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+$/), v.length((SEALED_BYTES / 3) * 4));
const signInAnswers = v.strictObject({
  answers: v.pipe(v.array(sealed), v.maxLength(MAX_ANSWERS)),
});

export const answerSignIn: Handler = async (gateway, c) => {
  const conversation = ownConversation(gateway, c);
  const { answers } = await readJson(c.env.incoming, signInAnswers, gateway.limits.body);
  const step = await passOn(gateway, conversation, answers);
  if (step.kind === 'signed-in') gateway.conversations.end(conversation);
  return answerStep(gateway, c, step);
};

/** A failure is the end of a conversation, unless the answers only did not fit the prompts. */
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
