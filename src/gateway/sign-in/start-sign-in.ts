/** POST /api/sign-in: begins a PAM conversation for a user name. */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { SECRET_PATTERN } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Handler } from '../gateway.ts';
import { clientOrigin } from '../http/client-origin.ts';
import { readJson } from '../http/read-json.ts';
import { BROWSER_COOKIE, readCookie } from '../security/cookies.ts';
import { answerStep, SIGN_IN_MS } from './answer-step.ts';

/** No check of its form: the broker refuses an impossible name like a wrong password, and counts it. */
const signInStart = v.strictObject({ user: v.pipe(v.string(), v.maxLength(1024)) });

export const startSignIn: Handler = async (gateway, c) => {
  const { incoming } = c.env;
  const { user } = await readJson(incoming, signInStart, gateway.limits.body);
  const shown = readCookie(c.req.header('cookie'), BROWSER_COOKIE) ?? '';
  const browser = SECRET_PATTERN.test(shown) ? shown : undefined;
  const conversation = randomBytes(16).toString('hex') as ConversationId;
  const ask = { conversation, user, origin: clientOrigin(gateway, incoming), browser };
  const step = await gateway.broker.request('sign-in-start', ask, SIGN_IN_MS);
  return answerStep(gateway, c, conversation, step);
};
