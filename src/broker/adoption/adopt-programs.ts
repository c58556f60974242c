/** The programs of a leader that was found again, and the rows of their sessions: brings both to one state. */

import { type ProgramState, programOf } from '../../launcher/leader-connection.ts';
import { exitStatus } from '../../lib/exit-status.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import { joinLeader } from '../follow/connect-session.ts';
import { settleEnded } from '../follow/follow-leader.ts';
import { endLeader } from '../pam-sessions/end-session.ts';
import { giveKey } from '../pam-sessions/session-keys.ts';
import { watchStep } from '../pam-sessions/watch-step.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import { explainStuck, isCutOff } from '../views/explain-stuck.ts';
import { addFoundPrograms } from './add-found.ts';

/** Of a PAM session that stays: the sessions in it. */
export function adoptPrograms(broker: Broker, home: Link): void {
  const { hello } = home.leader;
  addFoundPrograms(broker, home);
  const rows = broker.sessions.listIn(home.session).filter(({ id }) => id !== home.session);
  for (const row of rows) {
    const program = programOf(hello, row.id);
    const link = joinLeader(broker, row, home);
    noteProgram(broker, row, program);
    if (program === undefined) settleLost(broker, link, row);
    else if (program.state === 'ended') settleEnded(broker, link);
    else adoptProgram(broker, link, row, program);
  }
  // They were given up, or ended and nobody waits for that.
  for (const session of hello.sessions as SessionId[]) {
    if (!broker.links.has(session)) home.leader.send({ name: 'end', session });
  }
}

/** It starts, runs, or has exited and something of it is left. */
export function adoptProgram(
  broker: Broker,
  link: Link,
  row: SessionRow,
  { state, pid }: ProgramState,
): void {
  if (row.kind === 'terminal') giveKey(link, 'stay');
  if (row.state === 'ending' || broker.unwanted.has(row.id)) {
    if (row.state !== 'ending') changeSession(broker, row.id, 'ending');
    endLeader(broker, link);
  } else if (state === 'exited') {
    changeSession(broker, row.id, 'ending');
    watchStep(broker, row.id, 'end');
  } else if (isCutOff(broker, row)) {
    if (row.state !== 'stuck')
      changeSession(broker, row.id, 'stuck', {}, explainStuck(broker, row));
  } else if (state === 'running' && row.state !== 'running') {
    changeSession(broker, row.id, 'running', { pid });
  } else if (state === 'starting') watchStep(broker, row.id, 'program');
}

/** What the hello says of it and the row does not: most often nothing, and nothing is written then. */
export function noteProgram(
  broker: Broker,
  row: SessionRow,
  program: ProgramState | undefined,
): void {
  if (program === undefined) return;
  const exited = program.state === 'exited' || program.state === 'ended';
  const tty = row.tty ?? (program.tty || null);
  const pid = row.pid || program.pid;
  const status = exited ? exitStatus(program.status) : row.exitStatus;
  if (tty === row.tty && pid === row.pid && status === row.exitStatus) return;
  noteSession(broker, row.id, { tty, pid, exitStatus: status });
}

/** The order to start it never arrived, or its end was told to nobody who wrote it down. */
function settleLost(broker: Broker, link: Link, row: SessionRow): void {
  if (row.state !== 'pending' && row.state !== 'starting') {
    settleEnded(broker, link);
    return;
  }
  const { problem } = new ProblemError('session-failed', 'its leader knows nothing of it');
  noteSession(broker, row.id, { problem });
  settleEnded(broker, link);
}
