/** The view of a session for the page and root's CLI: its row, its kind, and its state at the moment. */
import { kindNamed } from '../../kinds/kinds.ts';
import type { ActiveSession } from '../../protocol/cli-broker.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { wasOpened } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { explainStuck } from './explain-stuck.ts';
import { pamSessionOf } from './pam-session-of.ts';
import { opensFor } from './waits-for.ts';

export function viewOf(broker: Broker, row: SessionRow): SessionView {
  const { id, kind, name, state, started, ended, tty, exitStatus, lastWords } = row;
  const { endedBy, problem } = row;
  const { title: kindTitle, talk, startedBy } = kindNamed(broker.kinds, kind);
  const { usage = null, activity = null } = broker.watch.samples.get(id) ?? {};
  const what = { id, kind, kindTitle, talk, startedBy, name, state, started, ended, tty };
  const known = { ...what, exitStatus, lastWords, endedBy, problem };
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

function stepOf(broker: Broker, row: SessionRow): SessionView['step'] {
  if (row.state !== 'starting') return null;
  const pam = pamSessionOf(broker, row);
  return pam !== undefined && wasOpened(pam) ? 'program' : 'pam';
}
