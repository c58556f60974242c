/** A leader that runs, and the row that says so: brings both to one state. The leader is right. */

import { type LeaderConnection, programOf } from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import { LEADER_PHASES } from '../../protocol/broker-leader.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import { connectSession } from '../follow/connect-session.ts';
import { settleClosed } from '../follow/follow-leader.ts';
import { endLeader } from '../pam-sessions/end-session.ts';
import { spawnProgram } from '../pam-sessions/spawn-program.ts';
import { watchStep } from '../pam-sessions/watch-step.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import { processOf } from '../views/leader-process.ts';
import { addFound } from './add-found.ts';
import { adoptProgram, adoptPrograms, noteProgram } from './adopt-programs.ts';

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
  const row = broker.sessions.find(id) ?? addFound(broker, hello);
  if (row.ended !== null) {
    endStray(leader);
    return;
  }
  const link = connectSession(broker, row, leader, lost);
  link.opened = true;
  if (row.state === 'ending') broker.unwanted.add(row.id);
  if (row.leader !== hello.pid) noteSession(broker, row.id, processOf(hello));
  catchUp(broker, link, row);
}

/** A session that was given up. */
function endStray(leader: LeaderConnection): void {
  const { session, user } = leader.hello;
  log.warning('leader-without-session', { session, user });
  leader.listen({
    message: ({ name }) => {
      if (name !== 'closed') return;
      leader.send({ name: 'end', session });
      leader.destroy();
    },
    close: () => {},
  });
  leader.send({ name: 'end', session });
}

function catchUp(broker: Broker, link: Link, row: SessionRow): void {
  const { hello } = link.leader;
  switch (LEADER_PHASES[hello.phase]) {
    case 'open':
      catchUpOpen(broker, link, row);
      if (hello.stays) adoptPrograms(broker, link);
      return;
    case 'ending':
      if (hello.stays) adoptPrograms(broker, link);
      else noteProgram(broker, row, programOf(hello, row.id));
      if (row.state !== 'ending') changeSession(broker, row.id, 'ending');
      watchStep(broker, row.id, 'end');
      return;
    case 'closed':
      if (hello.stays) adoptPrograms(broker, link);
      else noteProgram(broker, row, programOf(hello, row.id));
      settleClosed(broker, link);
      return;
    default:
      throw new Error(
        `leader of ${row.id} listens in phase ${hello.phase}, before its session is open`,
      );
  }
}

function catchUpOpen(broker: Broker, link: Link, row: SessionRow): void {
  const program = programOf(link.leader.hello, row.id);
  noteProgram(broker, row, program);
  if (broker.unwanted.has(row.id)) {
    if (row.state !== 'ending') changeSession(broker, row.id, 'ending');
    endLeader(broker, link);
  } else if (row.kind === 'home') {
    if (row.state !== 'running') changeSession(broker, row.id, 'running');
  } else if (program === undefined || program.state === 'ready') {
    if (row.kind === 'terminal') spawnProgram(broker, link);
  } else adoptProgram(broker, link, row, program);
}
