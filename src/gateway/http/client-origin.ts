/** Where a request came from, for PAM_RHOST, the audit and the log. */
import type { IncomingMessage } from 'node:http';
import type { Origin } from '../../protocol/gateway-broker.ts';

const MAX_USER_AGENT = 256;

export function clientAddress(incoming: IncomingMessage): string {
  return (incoming.socket.remoteAddress ?? '').replace(/^::ffff:(?=[0-9.]+$)/, '');
}

export function clientOrigin(incoming: IncomingMessage): Origin {
  const userAgent = (incoming.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT);
  return { address: clientAddress(incoming), userAgent };
}

/** For log lines: method, path without query, address. */
export function describeRequest(incoming: IncomingMessage): {
  method: string;
  path: string;
  address: string;
} {
  const path = (incoming.url ?? '').split('?', 1)[0]!.slice(0, 200);
  return { method: incoming.method ?? '', path, address: clientAddress(incoming) };
}
