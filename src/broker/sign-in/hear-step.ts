/**
 * Steps while PAM works for long: a module shows "enter 42" and then waits, or shows nothing for minutes. The request
 * gets the text at once, or an empty step after some seconds, and the page sends the next request.
 */
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import type { Conversation } from '../talks/conversation.ts';
import { untilNews } from '../talks/until-news.ts';

/** Returns the result of the turn, to one request only. Before there is one, returns new texts or an empty step. */
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
      throw new ProblemError('conversation-gone', 'another request has got the result');
    }
    conversation.turn = null;
    return tell();
  }
}
