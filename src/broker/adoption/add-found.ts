/** Rows for what leaders report and no row says: root's runs, and all that a lost or unreadable database knew of. */

import { type LeaderHello, programOf } from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import type { SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { addSession } from '../changes/change-session.ts';
import { BLANK, type SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import { freeName } from '../views/free-name.ts';
import { processOf } from '../views/leader-process.ts';

/** The session whose PAM session it is. */
export function addFound(broker: Broker, hello: LeaderHello): SessionRow {
  const id = hello.session as SessionId;
  // Root's CLI attaches itself: the broker lists that, and has no key to it.
  if (hello.attached) return add(broker, hello, id, { kind: 'run', name: hello.label || 'run' });
  if (hello.stays) return add(broker, hello, id, { kind: 'home', name: 'home' });
  return add(broker, hello, id, { kind: 'terminal', name: hello.label || nameIn(broker, hello) });
}

/** In a PAM session that stays. */
export function addFoundPrograms(broker: Broker, { session, leader: { hello } }: Link): void {
  const unknown = (hello.sessions as SessionId[]).filter((id) => {
    const isOver = programOf(hello, id)?.state === 'ended';
    return id !== session && !isOver && broker.sessions.find(id) === undefined;
  });
  for (const id of unknown) {
    add(broker, hello, id, { kind: 'terminal', name: nameIn(broker, hello) });
  }
}

function add(
  broker: Broker,
  hello: LeaderHello,
  id: SessionId,
  known: Pick<SessionRow, 'kind' | 'name'>,
): SessionRow {
  const { user, uid } = personIn(hello);
  const { tty = '', pid = 0 } = programOf(hello, id) ?? {};
  if (known.kind !== 'run') log.warning('session-found', { session: id, user });
  return addSession(broker, {
    ...BLANK,
    ...{ id, user, uid, ...known, state: 'running', address: '' },
    ...{ origin: known.kind === 'run' ? 'cli' : 'gateway', tty: tty || null, pid },
    ...{ started: Number(hello.openedAt), pamSession: hello.session as SessionId },
    ...(id === hello.session ? processOf(hello) : {}),
  });
}

function nameIn(broker: Broker, hello: LeaderHello): string {
  return freeName(broker, personIn(hello));
}

function personIn({ user, uid }: LeaderHello) {
  return { user: user as UserName, uid: uid as Uid };
}
