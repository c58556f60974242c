/**
 * The origins that a request belongs to. Without a public address in the configuration the Host header is all that
 * tells our name, so the origins follow from it. Anything but a host name or address with an optional port is refused
 * (RFC 9112 §3.2).
 */
import type { IncomingMessage } from 'node:http';
import type { PublicAddress } from '../../config/public-address.ts';
import { Failure } from '../problem.ts';

const HOST_PATTERN =
  /^(?<name>[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?<port>:[1-9][0-9]{0,4})?$/;

export interface Host {
  /** This side's origin as in the Origin header: scheme, name, and the port unless it is 443. */
  readonly origin: string;
  /** Origin and www-root-path of each side: the beginning of its addresses. */
  readonly home: string;
  readonly session: string;
}

/** The addresses that a gateway knows as its own. */
interface Addressed {
  readonly address: PublicAddress;
  /** Those that we listen on. */
  readonly ports: () => { readonly home: number; readonly session: number };
}

/** Also refuses a request target that is not a path: an absolute one names its own host. */
export function readHost(
  { address: { root, origins }, ports }: Addressed,
  side: 'home' | 'session',
  incoming: IncomingMessage,
): Host {
  const { name, origin } = readAskedHost(incoming);
  if (origins !== null) {
    const { home, session } = origins;
    return { origin: origins[side], home: home + root, session: session + root };
  }
  const { home, session } = ports();
  return { origin, home: originOf(name, home) + root, session: originOf(name, session) + root };
}

/** The value of Host, checked. */
export function readAskedHost(incoming: IncomingMessage): { name: string; origin: string } {
  const hosts = incoming.headersDistinct.host ?? [];
  if (hosts.length !== 1)
    throw new Failure('bad-request', `wanted 1 Host header, got ${hosts.length}`);
  const { name, port = ':443' } = HOST_PATTERN.exec(hosts[0]!.toLowerCase())?.groups ?? {};
  const number = Number(port.slice(1));
  if (name === undefined || number > 65_535)
    throw new Failure('bad-request', 'malformed Host header');
  if (!incoming.url?.startsWith('/'))
    throw new Failure('bad-request', 'the request target is not a path');
  return { name, origin: originOf(name, number) };
}

function originOf(name: string, port: number): string {
  return port === 443 ? `https://${name}` : `https://${name}:${port}`;
}
