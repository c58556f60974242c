/** Answers plain HTTP on a TLS port: a browser is redirected to https://, other clients are told what is wrong. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../gateway.ts';
import { readAskedHost } from '../security/read-host.ts';
import { isProxy } from './client-origin.ts';

export function answerPlain(
  gateway: Gateway,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const target = secureAddress(gateway, incoming);
  const head = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  };
  outgoing.writeHead(
    target === null ? 400 : 307,
    target === null ? head : { ...head, location: target },
  );
  outgoing.end(
    target === null
      ? 'This port speaks HTTPS, but the request was plain HTTP. A reverse proxy must address this server with https://.\n'
      : `This port speaks HTTPS: ${target}\n`,
  );
}

/**
 * null: no redirect. A proxy would send its client round in circles; requests other than GET and HEAD cannot be
 * redirected.
 */
function secureAddress({ proxies }: Gateway, incoming: IncomingMessage): string | null {
  const { method, headers, socket, url } = incoming;
  const proxied = ['via', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'];
  if (method !== 'GET' && method !== 'HEAD') return null;
  if (isProxy(proxies, socket.remoteAddress ?? '')) return null;
  if (proxied.some((name) => headers[name] !== undefined)) return null;
  try {
    return `${readAskedHost(incoming).origin}${url}`;
  } catch {
    return null;
  }
}
