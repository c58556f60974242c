/** The keys that open session-hosts: in memory only, new ones after a restart and when a user has signed out. */
import { randomBytes } from 'node:crypto';
import { SESSION_KEY_BYTES } from '../../protocol/broker-leader.ts';
import type { Link } from '../context.ts';

export function makeKey(): Buffer {
  return randomBytes(SESSION_KEY_BYTES);
}

/** Viewers that joined with the old key are dropped. */
export function rotateKey(link: Link): void {
  if (link.key === null) return;
  link.key = makeKey();
  link.leader.send({ name: 'rotate', key: link.key });
}
