/**
 * GET /s/:id/ on the session origin: the terminal page, which holds nothing private; its socket checks the pass.
 * Without a pass it redirects to the home origin, which knows whether the person has to sign in or the session does not
 * exist.
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
