/** GET /s/:id/ on the session origin: the terminal page. It holds nothing of anybody; its socket asks for the pass. */
import type { Handler } from '../gateway.ts';
import { sendHtml } from '../pages/send-page.ts';
import { sessionId } from './session-id.ts';

export const showTerminal: Handler = (gateway, c) => {
  sessionId(c);
  return sendHtml(gateway, c, '/terminal.html');
};
