/**
 * /api/sessions/:id/conversation: PAM's messages while a session opens, the sealed answers to them, or the person's
 * refusal to answer.
 */
import * as v from 'valibot';
import type { SessionStep } from '../../protocol/page-gateway.ts';
import type { Handler } from '../gateway.ts';
import { readJson } from '../http/read-json.ts';
import { requireTicket } from '../security/require-ticket.ts';
import { answers } from '../sign-in/answers.ts';
import { verifyKey } from '../sign-in/verify-key.ts';
import { sessionId } from './session-id.ts';

const sessionAnswers = v.strictObject({
  answers,
  after: v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(0xffff_ffff)),
});

export const answerStart: Handler = async (gateway, c) => {
  const session = sessionId(c);
  const { incoming } = c.env;
  const ask = await readJson(incoming, sessionAnswers, gateway.limits.body);
  const active = ask.answers.length > 0;
  const { ticket } = await requireTicket(gateway, incoming, { active });
  const { answers: sealed, after } = ask;
  const step = await gateway.broker.request('session-answer', { ticket, session, after, sealed });
  if (step.kind !== 'prompts') return c.json<SessionStep>(step);
  const key = verifyKey(gateway.hostKey, step.conversation, step.key);
  return c.json<SessionStep>({ ...step, key });
};

export const cancelStart: Handler = async (gateway, c) => {
  const session = sessionId(c);
  const { ticket } = await requireTicket(gateway, c.env.incoming, { active: true });
  await gateway.broker.request('session-cancel', { ticket, session });
  return c.body(null, 204);
};
