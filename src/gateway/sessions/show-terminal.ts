/**
 * GET /s/:id/ on the session origin: the terminal page. It holds nothing of anybody; its socket asks for the pass. Without
 * a pass the home origin knows better what is the matter: nobody is signed in, or there is no such session.
 */
import type { Handler } from '../gateway.ts';
import { sendHtml } from '../pages/send-page.ts';
import { checkNavigation } from '../security/check-origin.ts';
import { PASS_COOKIE, readCookie } from '../security/cookies.ts';
import { goForCode } from './bind-browser.ts';
import { sessionId } from './session-id.ts';

export const showTerminal: Handler = (gateway, c) => {
  const session = sessionId(c);
  const { headers } = c.env.incoming;
  if (readCookie(headers.cookie, PASS_COOKIE) !== undefined) {
    return sendHtml(gateway, c, '/terminal.html');
  }
  checkNavigation(headers);
  return goForCode(c, session);
};
