/**
 * GET /s/:id/ on the home origin: redirects to the session origin with a one-time code. A person who has to sign in
 * first, or whose session does not run yet, is sent to the home page, which waits for the session.
 */
import type { Context } from 'hono';
import type { Env, Gateway, Handler } from '../gateway.ts';
import { plainPage } from '../pages/plain-page.ts';
import { Failure } from '../problem.ts';
import { checkNavigation, isCrossSite } from '../security/check-origin.ts';
import { requireTicket } from '../security/require-ticket.ts';
import { browserForCode } from './bind-browser.ts';
import { sessionId } from './session-id.ts';

export const enterSession: Handler = async (gateway, c) => {
  const { incoming, host } = c.env;
  const session = sessionId(c);
  checkNavigation(incoming.headers);
  if (isCrossSite(incoming.headers) && c.req.query('again') === undefined) {
    return comeFromHere(c, `${gateway.address.root}/s/${session}/?again`);
  }
  const ticket = await ticketOrNone(gateway, c);
  const waiting = `${gateway.address.root}/?session=${session}`;
  if (ticket === null) return c.redirect(waiting, 303);
  const browser = browserForCode(c);
  if (browser === null) return c.redirect(`${host.session}/s/${session}/enter`, 303);
  const { code } = await gateway.broker.request('session-enter', { ticket, session, browser });
  if (code === null) return c.redirect(waiting, 303);
  return c.redirect(`${host.session}/s/${session}/enter?code=${encodeURIComponent(code)}`, 303);
};

async function ticketOrNone(gateway: Gateway, c: Context<Env>): Promise<string | null> {
  try {
    return (await requireTicket(gateway, c.env.incoming, { active: true })).ticket;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-signed-in') return null;
    throw error;
  }
}

/**
 * For a link from another site: after the redirects the browser would not send the strict pass cookie, and take-pass.ts
 * could not tell our code from one that the other site chose. So a page of ours starts the redirects again.
 */
function comeFromHere(c: Context<Env>, address: string): Response {
  const refresh = `<meta http-equiv="refresh" content="0;url=${address}">`;
  const body = `<h1>Opening your session…</h1><p class="acts"><a href="${address}">Open it now</a></p>`;
  return c.html(plainPage('Vestibule', body, refresh));
}
