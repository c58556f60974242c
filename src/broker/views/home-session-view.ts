/** What a person is told of their home session. */
import type {
  HomeSessionState,
  HomeSessionView,
  SessionState,
} from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Person } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { explainStuck } from './explain-stuck.ts';

const OFF: HomeSessionView = { state: 'off', since: null, problem: null, texts: [] };
const STATES: Readonly<Record<SessionState, HomeSessionState>> = {
  pending: 'opening',
  starting: 'opening',
  running: 'open',
  ending: 'off',
  ended: 'off',
  failed: 'failed',
  stuck: 'failed',
  unclean: 'failed',
};

export function homeSessionOf(broker: Broker, person: Person): HomeSessionView {
  const row = broker.sessions.homeOf(person);
  const state = row === undefined ? 'off' : STATES[row.state];
  if (row === undefined || state === 'off') return OFF;
  const problem = state === 'failed' ? (row.problem ?? silence(broker, row)) : null;
  return { state, since: row.started, problem, texts: row.texts };
}

/** Every log line of a session names it, so its first digits are the reference. */
function silence(broker: Broker, row: SessionRow): Problem {
  const why = row.state === 'stuck' ? ` ${explainStuck(broker, row)}` : '';
  const text = `The home session does not answer.${why}`;
  return { code: 'session-hangs', text, reference: row.id.slice(0, 12) };
}
