/**
 * GET /s/:id/enter on the session origin: the one-time code becomes the pass, this origin's cookie, and the page comes at
 * once: a redirect to its own address would cost a round trip more. Without a code it fetches one from the home origin,
 * whose address the terminal page does not know.
 */
import { SECRET_PATTERN } from '../../protocol/gateway-broker.ts';
import type { Handler } from '../gateway.ts';
import { sendHtml } from '../pages/send-page.ts';
import { Failure } from '../problem.ts';
import { checkNavigation, isCrossSite } from '../security/check-origin.ts';
import { passCookie } from '../security/cookies.ts';
import { goForCode, readBrowser } from './bind-browser.ts';
import { sessionId } from './session-id.ts';

export const takePass: Handler = async (gateway, c) => {
  const { incoming } = c.env;
  const session = sessionId(c);
  const code = c.req.query('code');
  if (code === undefined) return goForCode(c, session);
  checkNavigation(incoming.headers);
  // Else another site could put its own session before a person, who would type into it.
  if (isCrossSite(incoming.headers)) throw new Failure('wrong-origin', 'a code from another site');
  if (!SECRET_PATTERN.test(code)) throw new Failure('bad-request', 'a code of another form');
  const browser = readBrowser(c);
  if (browser === null) throw new Failure('wrong-origin', 'a code of another browser');
  const { pass } = await gateway.broker.request('session-pass', { code, session, browser });
  c.header('set-cookie', passCookie(pass, `${gateway.address.root}/s/${session}/`));
  const page = sendHtml(gateway, c, '/terminal.html');
  page.headers.set('cache-control', 'no-store');
  return page;
};
