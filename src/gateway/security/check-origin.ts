/**
 * Who sent this request: only our own pages may act. Sessions are served from another port of the same host, which
 * cookies do not tell apart, so nothing but the exact Origin will do.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../problem.ts';

/** For everything but GET and HEAD. */
export function checkOrigin(headers: IncomingHttpHeaders, own: string): void {
  const { origin } = headers;
  if (origin !== own) throw wrongOrigin(`origin ${show(origin)}, wanted '${own}'`);
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    throw wrongOrigin(`sec-fetch-site ${show(site)}`);
}

/** Browsers do not agree on what site wss: is to https:, so of Sec-Fetch-Site only the plain no counts. */
export function checkSocketOrigin(headers: IncomingHttpHeaders, own: string): void {
  const { origin } = headers;
  if (origin !== own) throw wrongOrigin(`origin ${show(origin)}, wanted '${own}'`);
  if (headers['sec-fetch-site'] === 'cross-site') throw wrongOrigin("sec-fetch-site 'cross-site'");
}

/** For a GET that changes something (it makes a one-time code): a person goes there, no script fetches it. */
export function checkNavigation(headers: IncomingHttpHeaders): void {
  const mode = headers['sec-fetch-mode'];
  const destination = headers['sec-fetch-dest'];
  if (mode !== undefined && mode !== 'navigate') throw wrongOrigin(`sec-fetch-mode ${show(mode)}`);
  if (destination !== undefined && destination !== 'document') {
    throw wrongOrigin(`sec-fetch-dest ${show(destination)}`);
  }
}

export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

function wrongOrigin(detail: string): Failure {
  return new Failure('wrong-origin', detail);
}

function show(value: string | string[] | undefined): string {
  return value === undefined ? 'missing' : `'${String(value).slice(0, 200)}'`;
}
