/** Adopts a running leader: changes the rows to its state, or orders what the rows want. The leader knows what runs. */
import type { LeaderConnection } from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import { LEADER_PHASES } from '../../protocol/broker-leader.ts';
import type { PamSessionId, Place } from '../../protocol/ids.ts';
import { changePamSession, notePamSession } from '../changes/change-pam-session.ts';
import { connectPamSession } from '../follow/connect-pam-session.ts';
import { takePamSessionEvent } from '../follow/take-pam-session-event.ts';
import { addFoundPamSession } from '../pam-sessions/add-found.ts';
import { beginClose } from '../pam-sessions/close-pam-session.ts';
import { closeReplaced } from '../pam-sessions/close-unused.ts';
import { watchPamSession } from '../pam-sessions/watch-step.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isClosing, isOpen } from '../rows/pam-session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { processOf } from '../views/leader-process.ts';
import { adoptPrograms } from './adopt-programs.ts';

export function adoptLeader(
  broker: Broker,
  id: PamSessionId,
  place: Place,
  leader: LeaderConnection,
  lost: () => void,
): void {
  const { hello } = leader;
  if (hello.pamSession !== id) {
    log.error('leader-misnamed', { pamSession: id, says: hello.pamSession });
    leader.destroy();
    return;
  }
  const row = broker.pamSessions.find(id) ?? addFoundPamSession(broker, hello, place);
  if (row.ended !== null) {
    closeStray(leader);
    return;
  }
  const link = connectPamSession(broker, row, leader, lost);
  catchUp(broker, link, noteOpen(broker, row, link));
}

/** Closes a PAM session whose row has already ended. */
function closeStray(leader: LeaderConnection): void {
  const { pamSession, user } = leader.hello;
  log.warning('leader-without-session', { pamSession, user });
  leader.listen({
    message: ({ name }) => {
      if (name !== 'closed') return;
      leader.send({ name: 'noted', session: '' });
      leader.destroy();
    },
    close: () => {},
  });
  leader.send({ name: 'close' });
}

/** A leader listens only when PAM has opened the session. Its process stays the same, so /proc is read only once. */
function noteOpen(broker: Broker, row: PamSessionRow, { leader: { hello } }: Link): PamSessionRow {
  const { id, state } = row;
  const isKnown = row.leader === hello.pid;
  const news = isKnown ? {} : processOf(hello);
  if (!isOpen(state) && !isClosing(state) && !broker.unwanted.has(id)) {
    const opened = changePamSession(broker, id, 'open', news);
    closeReplaced(broker, opened);
    return opened;
  }
  if (!isKnown) notePamSession(broker, id, news);
  return { ...row, ...news };
}

function catchUp(broker: Broker, link: Link, row: PamSessionRow): void {
  const phase = LEADER_PHASES[link.leader.hello.phase];
  adoptPrograms(broker, link, row);
  const now = broker.pamSessions.find(row.id) ?? row;
  switch (phase) {
    case 'open':
      catchUpOpen(broker, link, now);
      return;
    case 'ending':
      if (!isClosing(now.state)) changePamSession(broker, row.id, 'closing');
      watchPamSession(broker, row.id, 'end');
      return;
    case 'closed':
      takePamSessionEvent(broker, now, 'closed', { link });
      return;
    default:
      throw new Error(`leader of ${row.id} listens in phase '${phase}', before it is open`);
  }
}

function catchUpOpen(broker: Broker, link: Link, row: PamSessionRow): void {
  if (isClosing(row.state) || broker.unwanted.has(row.id)) beginClose(broker, row, null);
  else if (row.closePolicy === 'last-program' && !link.leader.hello.attached)
    closeWithoutSessions(broker, row);
}

/** Its leader waits for a program, but nothing will start one. */
function closeWithoutSessions(broker: Broker, row: PamSessionRow): void {
  if (broker.sessions.listIn(row).length === 0) beginClose(broker, row, null);
}
