/** Starts a session in the background: its row says how far it is, and each step is announced. */
import { randomBytes } from 'node:crypto';
import { log } from '../../lib/log.ts';
import type { Origin } from '../../protocol/gateway-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { findLeader } from '../adoption/find-leader.ts';
import type { Broker } from '../context.ts';
import { connectLeader, type LeaderConnection } from '../leader-client.ts';
import { asProblemError, ProblemError } from '../problem.ts';
import { isRefusedAtStart } from '../tickets/recheck.ts';
import type { Person, Ticket } from '../tickets/ticket-store.ts';
import { addSession, changeSession } from './change-session.ts';
import { connectSession } from './connect-session.ts';
import { endSession } from './end-session.ts';
import type { SessionRow } from './session-store.ts';

/** A terminal's size until its first viewer says another. */
const ROWS = 24;
const COLUMNS = 80;

export function startSession(broker: Broker, ticket: Ticket, origin: Origin): SessionRow {
  const row = addSession(broker, {
    id: randomBytes(16).toString('hex') as SessionId,
    user: ticket.user,
    uid: ticket.uid,
    kind: 'terminal',
    name: freeName(broker, ticket),
    state: 'pending',
    origin: 'gateway',
    address: origin.address,
    tty: null,
    pid: 0,
    started: broker.now(),
    ended: null,
    exitStatus: null,
    problem: null,
  });
  launch(broker, row, ticket).catch((error) => failStart(broker, row.id, error));
  void recheckAtStart(broker, row);
  return row;
}

/** Who turns out not to be allowed any more does not keep it. */
async function recheckAtStart(broker: Broker, { id, user, uid }: SessionRow): Promise<void> {
  if (!(await isRefusedAtStart(broker, { user, uid }))) return;
  try {
    const row = broker.sessions.find(id);
    if (row?.ended === null) endSession(broker, row);
  } catch (error) {
    log.error('session-not-ended', { session: id, error });
  }
}

/** The lowest number that no live session of the user has. */
function freeName(broker: Broker, person: Person): string {
  const taken = broker.sessions.listOf(person, broker.now()).map(({ name }) => name);
  for (let number = 1; ; number++) {
    const name = `Terminal ${number}`;
    if (!taken.includes(name)) return name;
  }
}

async function launch(broker: Broker, row: SessionRow, ticket: Ticket): Promise<void> {
  const leader = await connectLeader(broker.paths.rootd);
  if (broker.sessions.find(row.id)?.state !== 'pending') {
    // Ended before it began.
    leader.destroy();
    changeSession(broker, row.id, 'ended');
    return;
  }
  connectSession(broker, row, leader, () => void findLeader(broker, row.id));
  changeSession(broker, row.id, 'starting');
  sendOpen(broker, row, ticket, leader);
}

function sendOpen(broker: Broker, row: SessionRow, ticket: Ticket, leader: LeaderConnection): void {
  leader.send({
    name: 'open',
    session: row.id,
    conversation: randomBytes(16),
    service: broker.settings.sessionProfile,
    user: row.user,
    grant: ticket.grant,
    rhost: row.address,
    label: row.name,
    attached: 0,
    pty: 1,
    rows: ROWS,
    columns: COLUMNS,
  });
}

function failStart(broker: Broker, id: SessionId, error: unknown): void {
  const { detail } = asProblemError(error);
  const { problem } = new ProblemError('session-unavailable', detail);
  try {
    changeSession(broker, id, 'failed', { problem }, detail);
  } catch (second) {
    log.error('session-start-failed', { session: id, error, second });
  }
}
