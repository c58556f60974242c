/** Shows a user what PAM says and asks while a session opens, and takes the answers, from any page of the user. */
import type { BrokerSessionStep, Requests } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import { answerQuestion, cancelQuestion } from '../pam-sessions/put-question.ts';
import type { Broker } from '../state/context.ts';
import { readSealed } from '../talks/pam-items.ts';
import { untilNews } from '../talks/until-news.ts';
import { requireTicket } from '../tickets/check-ticket.ts';
import { watchSessions } from '../usage/watch-sessions.ts';
import { opensFor } from '../views/waits-for.ts';
import { requireSession } from './require-session.ts';

export async function answerStart(
  broker: Broker,
  ask: Requests['session-answer']['ask'],
): Promise<BrokerSessionStep> {
  const ticket = requireTicket(broker, ask.ticket);
  const link = opensFor(broker, requireSession(broker, ticket, ask.session));
  const sealed = readSealed(ask.sealed);
  if (link === null || link.talk === null) return { kind: 'over' };
  watchSessions(broker, ticket);
  const { question } = link.talk;
  // Ignores answers to an earlier question, which another page has already answered.
  if (sealed.length > 0 && question !== null && ask.after >= question.asks) {
    if (sealed.length !== question.count) {
      const detail = `${sealed.length} answers came, ${question.count} are wanted now`;
      throw new ProblemError('bad-request', detail);
    }
    answerQuestion(broker, link, question.first, sealed);
  }
  if (link.talk.question === null) {
    const news = untilNews(link.talk.whenSaid(ask.after));
    await news.come;
    news.stop();
  }
  return link.talk.step(ask.after);
}

/** Cancels the question of PAM. */
export function cancelStart(
  broker: Broker,
  ask: Requests['session-cancel']['ask'],
): Record<string, never> {
  const row = requireSession(broker, requireTicket(broker, ask.ticket), ask.session);
  const link = opensFor(broker, row);
  if (link) cancelQuestion(broker, link, 'cancelled');
  return {};
}
