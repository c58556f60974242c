/** The URLs of the server for this machine and for others. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Urls {
  readonly here: string;
  /** null: the server can be reached from this machine only. */
  readonly others: string | null;
}

const LOOPBACK = /^(127\.|::1$)/;

/**
 * A host name is printed only if the server listens on every address that the name leads to. A server that listens on a
 * single address is shown by that address: any user of the machine could listen on the same port of another address.
 */
export function findUrls(address: string, port: number): Urls {
  const others = addressForOthers(address);
  return {
    here: url(hostHere(address), port),
    others: others === null ? null : url(others, port),
  };
}

function hostHere(address: string): string {
  if (address === '::') return 'localhost';
  return address === '0.0.0.0' ? '127.0.0.1' : address;
}

/** For `::` and `0.0.0.0` the first address of the machine, IPv4 before IPv6; null if it has none. */
export function addressForOthers(address: string): string | null {
  if (address !== '::' && address !== '0.0.0.0') return LOOPBACK.test(address) ? null : address;
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  // fe80::/10 addresses are valid on their own link only.
  const own = all.filter((one) => !one.internal && !/^fe[89ab]/i.test(one.address));
  const ipv4 = own.find(({ family }) => family === 'IPv4');
  const ipv6 = address === '::' ? own.find(({ family }) => family === 'IPv6') : undefined;
  return (ipv4 ?? ipv6)?.address ?? null;
}

function url(host: string, port: number): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
