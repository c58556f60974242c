/** Session keys: only in memory, and replaced after a restart and when a user has signed out. */
import { randomBytes } from 'node:crypto';
import { SESSION_KEY_BYTES } from '../../protocol/broker-leader.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Person } from '../rows/person.ts';
import type { Broker, Link } from '../state/context.ts';
import { linkOf } from '../views/pam-session-of.ts';

export function makeKey({ keys }: Broker, session: SessionId): Buffer {
  const key = randomBytes(SESSION_KEY_BYTES);
  keys.set(session, key);
  return key;
}

/** Gives session-host a new key. Viewers stay when the broker has restarted; after a sign-out they are disconnected. */
export function giveKey(
  broker: Broker,
  link: Link,
  session: SessionId,
  viewers: 'stay' | 'drop',
): void {
  const key = makeKey(broker, session);
  link.leader.send({ name: 'rotate', session, drop: viewers === 'drop' ? 1 : 0, key });
}

/** Disconnects all viewers of the sessions of a user. */
export function replaceKeysOf(broker: Broker, person: Person): void {
  for (const row of broker.sessions.listLiveOf(person)) {
    const link = linkOf(broker, row);
    if (link !== undefined && broker.keys.has(row.id)) giveKey(broker, link, row.id, 'drop');
  }
}
