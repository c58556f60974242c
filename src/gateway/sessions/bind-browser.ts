/**
 * A one-time code for a session works in the browser that asked for it, and in no other: a secret of the browser's own, a
 * cookie, has to be there when it is used, and the broker keeps its hash beside the code. Cookies know no ports, so that
 * the home origin makes it; a session origin of another name has a cookie of its own, and tells the home origin its hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { SessionId } from '../../protocol/ids.ts';
import type { Env } from '../gateway.ts';
import { ENTRY_COOKIE, entryCookie, readCookie } from '../security/cookies.ts';

/** 32 bytes in base64url: the secret, and its hash. */
const PATTERN = /^[\w-]{43}$/;

/** The hash of this browser's secret; null: it has none. */
export function readBrowser(c: Context<Env>): string | null {
  const secret = readCookie(c.env.incoming.headers.cookie, ENTRY_COOKIE);
  return secret !== undefined && PATTERN.test(secret) ? hashOf(secret) : null;
}

/** For a code that is asked for on the home origin; null: the session origin has to be asked first. */
export function browserForCode(c: Context<Env>): string | null {
  if (hasOneName(c)) return readBrowser(c) ?? makeBrowser(c);
  const told = c.req.query('browser') ?? '';
  return PATTERN.test(told) ? told : null;
}

/** From the session origin to the home origin, for a code. */
export function goForCode(c: Context<Env>, session: SessionId): Response {
  const address = `${c.env.host.home}/s/${session}/`;
  if (hasOneName(c)) return c.redirect(address, 303);
  return c.redirect(`${address}?browser=${readBrowser(c) ?? makeBrowser(c)}`, 303);
}

function makeBrowser(c: Context<Env>): string {
  const secret = randomBytes(32).toString('base64url');
  c.header('set-cookie', entryCookie(secret));
  return hashOf(secret);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function hasOneName({ env: { host } }: Context<Env>): boolean {
  return new URL(host.home).hostname === new URL(host.session).hostname;
}
