/** Compares the programs of an adopted leader with the session rows, and updates rows or sends orders. */
import { kindNamed } from '../../kinds/kinds.ts';
import { type ProgramState, programOf } from '../../launcher/leader-connection.ts';
import { exitStatus } from '../../lib/exit-status.ts';
import { LEADER_PHASES } from '../../protocol/broker-leader.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import { takeSessionEvent } from '../follow/take-session-event.ts';
import { addFoundSession } from '../pam-sessions/add-found.ts';
import { endSession, sendEnd } from '../pam-sessions/end-session.ts';
import { joinPamSession } from '../pam-sessions/join-pam-session.ts';
import { giveKey } from '../pam-sessions/session-keys.ts';
import { stickSession, watchSession } from '../pam-sessions/watch-step.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import { isExpired } from '../rows/ticket-times.ts';
import type { Broker, Link } from '../state/context.ts';
import { explainStuck, isCutOff } from '../views/explain-stuck.ts';

export function adoptPrograms(broker: Broker, link: Link, pam: PamSessionRow): void {
  const { hello } = link.leader;
  for (const id of hello.sessions as SessionId[]) {
    const isNews = broker.sessions.find(id) === undefined;
    if (isNews && !isOver(programOf(hello, id))) addFoundSession(broker, link, id);
  }
  const rows = broker.sessions.listIn(pam);
  for (const row of rows) {
    const program = programOf(hello, row.id);
    noteProgram(broker, row, program);
    // Root's CLI will start it.
    if (program?.state === 'ready' && row.origin === 'cli') continue;
    if (program === undefined || program.state === 'ready') startLate(broker, link, row);
    else if (isOver(program)) takeSessionEvent(broker, row, 'ended');
    else adoptProgram(broker, link, row, program);
  }
  forgetOthers(broker, link, hello.sessions as SessionId[]);
}

/** For programs whose rows have ended: the leader may forget those that are over, and must end the others. */
function forgetOthers(broker: Broker, { leader }: Link, sessions: readonly SessionId[]): void {
  for (const session of sessions) {
    if (broker.sessions.find(session)?.ended === null) continue;
    if (!isOver(programOf(leader.hello, session))) leader.send({ name: 'end', session });
    else broker.store.whenWritten(() => leader.send({ name: 'noted', session }));
  }
}

/**
 * The leader has no program for this session: it never got the order to start one, or the report of the end was lost.
 * The row does not name the ticket that started it, so the grant of any valid ticket of the user is used.
 */
function startLate(broker: Broker, link: Link, row: SessionRow): void {
  const now = broker.now();
  const grant = broker.tickets.listOf(row).findLast((ticket) => !isExpired(ticket, now))?.grant;
  const isOpen = LEADER_PHASES[link.leader.hello.phase] === 'open';
  if (isOpen && isBeingStarted(row.state) && grant !== undefined) {
    joinPamSession(broker, row, link, grant);
    return;
  }
  const failure = new ProblemError('session-failed', 'its leader does not know it');
  takeSessionEvent(broker, row, 'forgotten', { failure });
}

/** The program is starting or running, or it has exited and other processes of it remain. */
function adoptProgram(
  broker: Broker,
  link: Link,
  row: SessionRow,
  { state, pid }: ProgramState,
): void {
  if (kindNamed(broker.kinds, row.kind).talk !== null) giveKey(broker, link, row.id, 'stay');
  if (state === 'exited') takeSessionEvent(broker, row, 'exited');
  else if (row.state === 'ending') sendEnd(broker, link, row);
  else if (broker.unwanted.has(row.id)) endSession(broker, row, null);
  else if (isCutOff(broker, row)) {
    if (row.state !== 'stuck') stickSession(broker, row, explainStuck(broker, row));
  } else if (state === 'running' && row.state !== 'running')
    changeSession(broker, row.id, 'running', { pid });
  else if (state === 'starting') watchSession(broker, row.id, 'program');
}

/** Stores what the hello says and the row lacks. Usually that is nothing, and then nothing is written. */
function noteProgram(broker: Broker, row: SessionRow, program: ProgramState | undefined): void {
  if (program === undefined) return;
  const { state } = program;
  const tty = row.tty ?? (program.tty || null);
  const pid = row.pid || program.pid;
  const status =
    state === 'exited' || state === 'ended' ? exitStatus(program.status) : row.exitStatus;
  if (tty === row.tty && pid === row.pid && status === row.exitStatus) return;
  noteSession(broker, row.id, { tty, pid, exitStatus: status });
}

function isOver(program: ProgramState | undefined): boolean {
  return program?.state === 'ended';
}
