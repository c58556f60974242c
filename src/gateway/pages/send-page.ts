/**
 * Sends files of the built pages: HTML with its placeholders filled, hashed assets to be cached for ever, the rest with
 * an ETag.
 */
import type { Context } from 'hono';
import { BANNER, HOME_ORIGIN, TITLE } from '../../protocol/page-gateway.ts';
import type { Env, Gateway, Handler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { fillPage } from './fill-page.ts';
import type { PageFile } from './load-pages.ts';

/** GET of any other file; the pages have routes of their own. */
export const sendFile: Handler = (gateway, c) => {
  const file = gateway.pages.get(c.req.path);
  if (!file || c.req.path.endsWith('.html')) throw new Failure('not-found', 'no such file');
  const hashed = c.req.path.startsWith('/assets/');
  // Not secret, and the home page prefetches the session origin's script.
  if (hashed) c.header('cross-origin-resource-policy', 'same-site');
  c.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('etag', file.etag);
  c.header('vary', 'accept-encoding');
  if (c.req.header('if-none-match') === file.etag) return c.body(null, 304);
  c.header('content-type', file.type);
  return c.body(chooseBody(c, file));
};

/** more: further values, by placeholder. */
export function sendHtml(
  { pages, welcome }: Gateway,
  c: Context<Env>,
  address: string,
  more: readonly (readonly [place: string, value: string])[] = [],
): Response {
  const html = pages.get(address)!.body.toString();
  const values = new Map([
    [HOME_ORIGIN, c.env.host.home],
    [TITLE, welcome.title],
    [BANNER, welcome.banner],
    ...more,
  ]);
  c.header('cache-control', 'no-cache');
  return c.html(fillPage(html, values));
}

function chooseBody(c: Context<Env>, file: PageFile): Uint8Array<ArrayBuffer> {
  const accepted = (c.req.header('accept-encoding') ?? '').split(',').map((one) => one.trim());
  for (const [encoding, body] of file.encoded) {
    if (!accepted.includes(encoding)) continue;
    c.header('content-encoding', encoding);
    return body as Uint8Array<ArrayBuffer>;
  }
  return file.body as Uint8Array<ArrayBuffer>;
}
