/** What the page and root's CLI see of a session: its row, and what is known at the moment. */
import type { ActiveSession } from '../../protocol/cli-broker.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker } from '../state/context.ts';
import { explainStuck } from './explain-stuck.ts';
import { opensFor } from './talk-of.ts';

export function viewOf(broker: Broker, row: SessionRow): SessionView {
  const { id, kind, name, state, started, ended, tty, exitStatus, lastWords } = row;
  const { endedBy, problem } = row;
  const { usage = null, activity = null } = broker.watch.samples.get(id) ?? {};
  const place = { id, kind, name, state, started, ended, tty };
  const known = { ...place, exitStatus, lastWords, endedBy, problem };
  const stuck = state === 'stuck' ? explainStuck(broker, row) : null;
  const conversation = conversationOf(broker, row);
  return { ...known, step: stepOf(broker, row), conversation, stuck, usage, activity };
}

export function activeViewOf(broker: Broker, row: SessionRow): ActiveSession {
  const { user, uid, pamSession, pid, origin, address } = row;
  return { ...viewOf(broker, row), user, uid, pamSession, pid, origin, address };
}

function conversationOf(broker: Broker, row: SessionRow): SessionView['conversation'] {
  const talk = opensFor(broker, row)?.talk ?? null;
  if (talk === null || talk.over || !talk.begun) return null;
  return { asks: talk.question?.asks ?? null };
}

function stepOf({ links }: Broker, { id, state }: SessionRow): SessionView['step'] {
  if (state !== 'starting') return null;
  return links.get(id)?.opened ? 'program' : 'pam';
}
