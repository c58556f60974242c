/** GET /api/home, and GET /: the page, with the same answer in it. */
import type { IncomingMessage } from 'node:http';
import { HOME, type Home, TERMINAL_SCRIPT } from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { Gateway, Handler } from '../gateway.ts';
import { describeRequest } from '../http/client-origin.ts';
import { sendHtml } from '../pages/send-page.ts';
import { reportProblem } from '../problem.ts';
import { contentPolicy } from '../security/headers.ts';
import { visitHome } from './visit-home.ts';

export const showHome: Handler = async (gateway, c) =>
  c.json<Home>(await visitHome(gateway, c.env.incoming));

/** The page is sent even if the answer is a problem: the page shows it. */
export const showIndex: Handler = async (gateway, c) => {
  const answer = await homeOrProblem(gateway, c.env.incoming);
  const { origin, session } = c.env.host;
  // The script's address begins with the root path, as the session origin's does.
  const script = new URL(gateway.terminalScript, session).href;
  const page = sendHtml(gateway, c, '/index.html', [
    [HOME, JSON.stringify(answer)],
    [TERMINAL_SCRIPT, script],
  ]);
  page.headers.set('cache-control', 'no-store');
  page.headers.set('content-security-policy', contentPolicy(origin, script));
  return page;
};

async function homeOrProblem(
  gateway: Gateway,
  incoming: IncomingMessage,
): Promise<Home | { readonly problem: Problem }> {
  try {
    return await visitHome(gateway, incoming);
  } catch (error) {
    return { problem: reportProblem(gateway.log, error, describeRequest(gateway, incoming)) };
  }
}
