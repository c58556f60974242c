/** What one customer of a network provider has: an IPv4 address, or the /64 of an IPv6 address. */
import { isIPv4, isIPv6 } from 'node:net';

/** IPv4 where a socket of both families has it in the form of IPv6 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

/** Addresses that are none (a Unix socket, a test) count as themselves. */
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

/** An IPv4 address at the end stands for two groups; which ones does not matter behind the first four. */
function split(part: string): string[] {
  const groups = part === '' ? [] : part.split(':');
  return groups.flatMap((group) =>
    group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)],
  );
}
