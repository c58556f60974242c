/** The keys that open session-hosts: in memory only, new ones after a restart and when a user has signed out. */
import { randomBytes } from 'node:crypto';
import { SESSION_KEY_BYTES } from '../../protocol/broker-leader.ts';
import type { Link } from '../state/context.ts';

export function makeKey(): Buffer {
  return randomBytes(SESSION_KEY_BYTES);
}

/** A restarted broker lets those who are looking stay; after a sign-out they are dropped. */
export function rotateKey(link: Link, viewers: 'stay' | 'drop'): void {
  if (link.key !== null) giveKey(link, viewers);
}

export function giveKey(link: Link, viewers: 'stay' | 'drop'): void {
  link.key = makeKey();
  const { session, key } = link;
  link.leader.send({ name: 'rotate', session, drop: viewers === 'drop' ? 1 : 0, key });
}
