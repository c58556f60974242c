/** Adds rows for what leaders report and no row has: `vestibule run`, and everything if the database was lost. */

import { foundKind } from '../../kinds/kinds.ts';
import {
  type LeaderHello,
  type ProgramState,
  programOf,
} from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import { CLOSE_POLICIES } from '../../protocol/broker-leader.ts';
import type { PamSessionId, Place, SessionId, Uid, UserName } from '../../protocol/ids.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';
import { addPamSession } from '../changes/change-pam-session.ts';
import { addSession } from '../changes/change-session.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { BLANK, type SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { freeName } from '../views/free-name.ts';
import { processOf } from '../views/leader-process.ts';

export function addFoundPamSession(
  broker: Broker,
  hello: LeaderHello,
  place: Place,
): PamSessionRow {
  const { attached, label, service: profile, openedAt } = hello;
  const closePolicy = CLOSE_POLICIES[hello.close];
  if (closePolicy === undefined) throw new Error(`there is no close policy ${hello.close}`);
  const id = hello.pamSession as PamSessionId;
  if (!attached) log.warning('pam-session-found', { pamSession: id, user: hello.user });
  return addPamSession(broker, {
    ...{ id, ...personIn(hello), place, profile, state: 'open', closePolicy },
    // Those of sessions have a label, and root's command line attaches itself to its own.
    isHome: closePolicy === 'asked' && !attached && label === '',
    ...{ label, address: '', ...processOf(hello), texts: [], started: Number(openedAt) },
    ...{ ended: null, problem: null },
  });
}

/** attached: root's CLI runs it, and the broker only lists it. All others belong to users. */
export function addFoundSession(
  broker: Broker,
  { pamSession, leader: { hello } }: Link,
  id: SessionId,
): SessionRow {
  const { attached, label, openedAt } = hello;
  const person = personIn(hello);
  const kind = foundKind(broker.kinds, attached ? 'root' : 'person');
  const isNamed = broker.sessions.listLiveOf(person).some(({ name }) => name === label);
  const name = label !== '' && !isNamed ? label : freeName(broker, person, kind);
  const program = programOf(hello, id);
  const { tty = '', pid = 0 } = program ?? {};
  if (!attached) log.warning('session-found', { session: id, user: person.user });
  return addSession(broker, {
    ...BLANK,
    ...{ id, pamSession, ...person, kind: kind.name, name, state: stateOf(program), address: '' },
    ...{ origin: attached ? 'cli' : 'gateway', tty: tty || null, pid, started: Number(openedAt) },
  });
}

/** undefined: its leader has just reported that it runs. */
function stateOf(program: ProgramState | undefined): SessionState {
  const isStarting = program?.state === 'ready' || program?.state === 'starting';
  return isStarting ? 'starting' : 'running';
}

function personIn({ user, uid }: LeaderHello) {
  return { user: user as UserName, uid: uid as Uid };
}
