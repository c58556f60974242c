/**
 * GET /s/:id/enter on the session origin: exchanges the one-time code for the pass, a cookie of this origin, and
 * answers with the terminal page: a redirect to the page's own address would cost one more round trip. Without a code
 * it redirects to the home origin for one, because the terminal page does not know that origin's address.
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
  // Otherwise another site could show a person the attacker's session, and they would type into it.
  if (isCrossSite(incoming.headers))
    throw new Failure('wrong-origin', 'the link with the code is on another site');
  if (!SECRET_PATTERN.test(code)) throw new Failure('bad-request', 'the code is malformed');
  const browser = readBrowser(c);
  if (browser === null) throw new Failure('wrong-origin', 'the code belongs to another browser');
  const { pass } = await gateway.broker.request('session-pass', { code, session, browser });
  c.header('set-cookie', passCookie(pass, `${gateway.address.root}/s/${session}/`));
  const page = sendHtml(gateway, c, '/terminal.html');
  page.headers.set('cache-control', 'no-store');
  return page;
};
