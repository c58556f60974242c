/** Where a request came from, for PAM_RHOST, the throttle, the audit and the log. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { plainAddress } from '../../lib/network-of.ts';
import type { Origin } from '../../protocol/gateway-broker.ts';
import type { Gateway } from '../gateway.ts';

const MAX_USER_AGENT = 256;

/** addresses: as `www-trusted-proxies` has them. */
export function listProxies(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses)
    list.addAddress(plainAddress(address), familyOf(plainAddress(address)));
  return list;
}

export function isProxy(proxies: BlockList, address: string): boolean {
  const text = plainAddress(address);
  return isIP(text) !== 0 && proxies.check(text, familyOf(text));
}

/**
 * Each proxy appends its client's address to X-Forwarded-For; whatever stands before may be forged. So the header is
 * read from its end, as long as the proxy that wrote the entry is trusted. `Forwarded` (RFC 7239) is ignored: a proxy
 * that does not know it passes on what the client made up.
 */
export function clientAddress(
  { proxies }: Pick<Gateway, 'proxies'>,
  incoming: IncomingMessage,
): string {
  const hops = incoming.headersDistinct['x-forwarded-for']?.join(',').split(',') ?? [];
  let address = plainAddress(incoming.socket.remoteAddress ?? '');
  while (isProxy(proxies, address)) {
    const next = plainAddress(hops.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

export function clientOrigin(gateway: Gateway, incoming: IncomingMessage): Origin {
  const userAgent = (incoming.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT);
  return { address: clientAddress(gateway, incoming), userAgent };
}

/** Without the query, which may carry a code. */
export function pathOf(incoming: IncomingMessage): string {
  return (incoming.url ?? '').split('?', 1)[0]!.slice(0, 200);
}

/** For log lines: method, path without query, address. */
export function describeRequest(
  gateway: Gateway,
  incoming: IncomingMessage,
): { method: string; path: string; address: string } {
  const path = pathOf(incoming);
  return { method: incoming.method ?? '', path, address: clientAddress(gateway, incoming) };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
