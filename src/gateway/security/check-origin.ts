/**
 * Lets only our own pages act. Sessions are served from another port of the same host, and cookies do not distinguish
 * ports: so the Origin must match exactly.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../problem.ts';

/** For everything but GET and HEAD. */
export function checkOrigin(headers: IncomingHttpHeaders, own: string): void {
  const { origin } = headers;
  if (origin !== own) throw wrongOrigin(`wanted origin '${own}', got ${show(origin)}`);
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    throw wrongOrigin(`sec-fetch-site ${show(site)}`);
}

/**
 * Browsers disagree whether wss: and https: are the same site, so Sec-Fetch-Site only counts when it is 'cross-site'.
 */
export function checkSocketOrigin(headers: IncomingHttpHeaders, own: string): void {
  const { origin } = headers;
  if (origin !== own) throw wrongOrigin(`wanted origin '${own}', got ${show(origin)}`);
  if (headers['sec-fetch-site'] === 'cross-site') throw wrongOrigin("sec-fetch-site 'cross-site'");
}

/** For a GET that changes something (it makes a one-time code): only a navigation may do it, no script's fetch. */
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
