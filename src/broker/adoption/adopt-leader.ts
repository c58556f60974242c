/** A leader that runs, and the row that says so: brings both to one state. The leader is right. */

import { exitStatus } from '../../lib/exit-status.ts';
import { log } from '../../lib/log.ts';
import { LEADER_PHASES } from '../../protocol/broker-leader.ts';
import type { SessionId, Uid, UserName } from '../../protocol/ids.ts';
import type { Broker, Link } from '../context.ts';
import type { LeaderConnection, LeaderHello } from '../leader-client.ts';
import { addSession, changeSession, noteSession } from '../sessions/change-session.ts';
import { connectSession } from '../sessions/connect-session.ts';
import { endLeader, watchEnding } from '../sessions/end-session.ts';
import { settleClosed, spawnProgram } from '../sessions/follow-leader.ts';
import { makeKey, rotateKey } from '../sessions/session-keys.ts';
import type { SessionRow } from '../sessions/session-store.ts';

export function adoptLeader(
  broker: Broker,
  id: SessionId,
  leader: LeaderConnection,
  lost: () => void,
): void {
  const { hello } = leader;
  if (hello.session !== id) {
    log.error('leader-misnamed', { session: id, says: hello.session });
    leader.destroy();
    return;
  }
  const row = broker.sessions.find(id) ?? (hello.attached ? addRun(broker, id, hello) : undefined);
  if (row === undefined || row.ended !== null) {
    endStray(leader);
    return;
  }
  const link = connectSession(broker, row, leader, lost);
  link.opened = true;
  catchUp(broker, link, row);
}

/** Root's CLI runs something: the broker lists it, and has no key to it. */
function addRun(broker: Broker, id: SessionId, hello: LeaderHello): SessionRow {
  return addSession(broker, {
    id,
    user: hello.user as UserName,
    uid: hello.uid as Uid,
    kind: 'run',
    name: hello.label || 'run',
    state: 'running',
    origin: 'cli',
    address: '',
    tty: hello.tty || null,
    pid: hello.program,
    started: Number(hello.openedAt),
    ended: null,
    exitStatus: null,
    problem: null,
  });
}

/** A session that was started for a row which never was written, or was given up. */
function endStray(leader: LeaderConnection): void {
  const { session, user } = leader.hello;
  log.warning('leader-without-session', { session, user });
  leader.listen({
    message: ({ name }) => {
      if (name !== 'closed') return;
      leader.send({ name: 'end' });
      leader.destroy();
    },
    close: () => {},
  });
  leader.send({ name: 'end' });
}

function catchUp(broker: Broker, link: Link, row: SessionRow): void {
  const { hello } = link.leader;
  const { id, kind } = row;
  if (hello.exited) noteSession(broker, id, { exitStatus: exitStatus(hello.status) });
  if (row.tty === null && hello.tty !== '') noteSession(broker, id, { tty: hello.tty });
  switch (LEADER_PHASES[hello.phase]) {
    case 'open':
      if (row.state === 'ending') endLeader(broker, link);
      else if (kind === 'terminal') spawnProgram(link);
      return;
    case 'running':
      takeRunning(broker, link, row);
      return;
    case 'ending':
      if (row.state !== 'ending') changeSession(broker, id, 'ending');
      watchEnding(broker, link);
      return;
    case 'closed':
      settleClosed(broker, link);
      return;
    default:
      throw new Error(
        `leader of ${id} listens in phase ${hello.phase}, before its session is open`,
      );
  }
}

function takeRunning(broker: Broker, link: Link, row: SessionRow): void {
  const pid = link.leader.hello.program;
  if (row.kind === 'terminal') {
    link.key = makeKey();
    rotateKey(link, 'stay');
  }
  if (row.state === 'ending') endLeader(broker, link);
  else if (row.state !== 'running') changeSession(broker, row.id, 'running', { pid });
}
