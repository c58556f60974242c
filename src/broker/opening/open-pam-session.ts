/** A session's row, and a PAM session of its own for it: each step is written, and announced. */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { connectLeader } from '../../launcher/leader-connection.ts';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import type { ConversationId, SessionId } from '../../protocol/ids.ts';
import { findLeader } from '../adoption/find-leader.ts';
import { asProblemError, ProblemError } from '../base/problem.ts';
import { beginSession, changeSession } from '../changes/change-session.ts';
import { lookAtDisk } from '../database/disk-trouble.ts';
import { diskRefusal } from '../database/refuse.ts';
import { connectSession } from '../follow/connect-session.ts';
import { watchStep } from '../pam-sessions/watch-step.ts';
import { BLANK, type SessionRow } from '../rows/session-store.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { StartTalk } from '../talks/start-talk.ts';

/** Throws 'disk' when there is no room for it. state: 'pending' while it waits for another's PAM session. */
export function newSession(
  broker: Broker,
  { user, uid }: Ticket,
  fields: Pick<SessionRow, 'kind' | 'name' | 'address' | 'state'>,
): SessionRow {
  const trouble = lookAtDisk(dirname(broker.paths.leaders));
  if (trouble !== null) throw diskRefusal(trouble, 'The place of this server for running sessions');
  const id = randomBytes(16).toString('hex') as SessionId;
  return beginSession(broker, {
    ...BLANK,
    ...{ id, user, uid, ...fields, origin: 'gateway', tty: null, pid: 0 },
    ...{ started: broker.now(), pamSession: id },
  });
}

/** In the background; how it goes is the row's to tell. */
export function openPamSession(broker: Broker, row: SessionRow, ticket: Ticket): void {
  open(broker, row, ticket).catch((error) => failStart(broker, row.id, error));
}

async function open(broker: Broker, row: SessionRow, ticket: Ticket): Promise<void> {
  const leader = await connectLeader(broker.paths.rootd);
  if (isGivenUp(broker, row.id)) {
    leader.destroy();
    return;
  }
  const lost = () => inBackground('find-leader', findLeader(broker, row.id));
  const talk = new StartTalk(randomBytes(16).toString('hex') as ConversationId);
  connectSession(broker, row, leader, lost, talk);
  watchStep(broker, row.id, 'pam');
  leader.send({
    name: 'open',
    session: row.id,
    conversation: Buffer.from(talk.id, 'hex'),
    service: broker.settings.sessionProfile,
    user: row.user,
    grant: ticket.grant,
    rhost: row.address,
    label: row.name,
    attached: 0,
    stays: row.kind === 'home' ? 1 : 0,
    pty: row.kind === 'terminal' ? 1 : 0,
  });
}

/** Ended before it began: that is its end. A broker that ends begins nothing. */
export function isGivenUp(broker: Broker, id: SessionId): boolean {
  if (broker.store.closed) return true;
  const state = broker.sessions.find(id)?.state;
  if (state === 'pending' || state === 'starting') return false;
  changeSession(broker, id, 'ended');
  return true;
}

export function failStart(broker: Broker, id: SessionId, error: unknown): void {
  if (broker.store.closed) return;
  const { detail, problem: why } = asProblemError(error);
  const { problem } =
    why.code === 'internal'
      ? new ProblemError('session-unavailable', detail)
      : new ProblemError(why.code, detail, why.text);
  try {
    changeSession(broker, id, 'failed', { problem }, detail);
  } catch (second) {
    log.error('session-start-failed', { session: id, error, second });
  }
}
