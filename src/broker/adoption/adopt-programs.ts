/** The programs of a leader that was found again, and the rows of their sessions: brings both to one state. */
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
    // Root's command line has it run, when it is ready to.
    if (program?.state === 'ready' && row.origin === 'cli') continue;
    if (program === undefined || program.state === 'ready') startLate(broker, link, row);
    else if (isOver(program)) takeSessionEvent(broker, row, 'ended');
    else adoptProgram(broker, link, row, program);
  }
  forgetOthers(broker, link, hello.sessions as SessionId[]);
}

/** Those that ended are noted; those that were given up end, and are noted then. */
function forgetOthers(broker: Broker, { leader }: Link, sessions: readonly SessionId[]): void {
  for (const session of sessions) {
    if (broker.sessions.find(session)?.ended === null) continue;
    if (!isOver(programOf(leader.hello, session))) leader.send({ name: 'end', session });
    else broker.store.whenWritten(() => leader.send({ name: 'noted', session }));
  }
}

/**
 * What there is of it is not its program: the order to run it never arrived, or its end was told to nobody. The sign-in
 * that it was started by is forgotten: any that its person still has, and that has not expired, will do.
 */
function startLate(broker: Broker, link: Link, row: SessionRow): void {
  const now = broker.now();
  const grant = broker.tickets.listOf(row).findLast((ticket) => !isExpired(ticket, now))?.grant;
  const isOpen = LEADER_PHASES[link.leader.hello.phase] === 'open';
  if (isOpen && isBeingStarted(row.state) && grant !== undefined) {
    joinPamSession(broker, row, link, grant);
    return;
  }
  const failure = new ProblemError('session-failed', 'its leader knows nothing of it');
  takeSessionEvent(broker, row, 'forgotten', { failure });
}

/** It starts, runs, or has exited and something of it is left. */
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

/** What the hello says of it and the row does not: most often nothing, and nothing is written then. */
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
