/**
 * A one-time code for a session works only in the browser that asked for it: the broker keeps, beside the code, the
 * hash of a secret that the browser has as a cookie, and wants it when the code is used. Cookies do not distinguish
 * ports, so the home origin's cookie serves both origins; a session origin of another name sets its own, and tells the
 * home origin the hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { SessionId } from '../../protocol/ids.ts';
import type { Env } from '../gateway.ts';
import { ENTRY_COOKIE, entryCookie, readCookie } from '../security/cookies.ts';

/** 32 bytes in base64url: the form of the secret and of its hash. */
const PATTERN = /^[\w-]{43}$/;

/** The hash of this browser's secret; null: it has none. */
export function readBrowser(c: Context<Env>): string | null {
  const secret = readCookie(c.env.incoming.headers.cookie, ENTRY_COOKIE);
  return secret !== undefined && PATTERN.test(secret) ? hashOf(secret) : null;
}

/** The hash to bind a code to, on the home origin; null: only the session origin can tell it. */
export function browserForCode(c: Context<Env>): string | null {
  if (hasOneName(c)) return readBrowser(c) ?? makeBrowser(c);
  const told = c.req.query('browser') ?? '';
  return PATTERN.test(told) ? told : null;
}

/** Redirects from the session origin to the home origin, which makes a code. */
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
