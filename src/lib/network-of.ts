/** The network of a client, as one customer of a provider has it: an IPv4 address, or the /64 of an IPv6 address. */
import { isIPv4, isIPv6 } from 'node:net';

/** Turns an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), as a dual-stack socket reports it, into the IPv4 address. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

/** What is not an IP address (a Unix socket, a test) is returned unchanged. */
export function networkOf(address: string): string {
  const plain = plainAddress(address).replace(/%.*$/, '');
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** All eight groups, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = split(head);
  const right = split(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(gap).fill('0'), ...right];
}

/** An IPv4 address at the end counts as two groups; their values do not matter, since only the first four are used. */
function split(part: string): string[] {
  const groups = part === '' ? [] : part.split(':');
  return groups.flatMap((group) =>
    group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)],
  );
}
