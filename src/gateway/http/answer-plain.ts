/** http:// on a port that speaks TLS: a browser is led to https://, anybody else is told what is wrong. */
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
      ? 'This port speaks HTTPS, and a request in plain HTTP came. A reverse proxy in front needs https:// in its address of this server.\n'
      : `This port speaks HTTPS: ${target}\n`,
  );
}

/** null: a proxy asks, which would lead its client round in circles, or nothing that can be led elsewhere came. */
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
