/**
 * What a person hears of a turn that takes its time: a module says "enter 42" and goes on to wait, or says nothing for
 * minutes. The request gets that at once and the page asks again.
 */
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import type { Conversation } from '../talks/conversation.ts';
import { untilNews } from '../talks/until-news.ts';

/** The end of the turn, told once; before that, what was said meanwhile or that PAM still works. */
export async function hearStep(
  broker: Broker,
  conversation: Conversation,
): Promise<BrokerSignInStep> {
  const forget = () => broker.conversations.delete(conversation.id);
  try {
    const step = await nextStep(conversation);
    if (step.kind === 'signed-in') forget();
    return step;
  } catch (error) {
    forget();
    throw error;
  }
}

async function nextStep(conversation: Conversation): Promise<BrokerSignInStep> {
  const { turn } = conversation;
  for (;;) {
    const news = untilNews(conversation.whenSaid);
    const tell = await Promise.race([turn, news.come]).finally(news.stop);
    const waiting = tell === null ? conversation.waitingStep() : null;
    if (waiting !== null) return waiting;
    if (tell === null) continue;
    if (conversation.turn !== turn) {
      throw new ProblemError('conversation-gone', 'another request was told of it');
    }
    conversation.turn = null;
    return tell();
  }
}
