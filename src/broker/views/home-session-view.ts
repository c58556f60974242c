/** The view of a home session for the page of its user. */
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { HomeSessionState, HomeSessionView } from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { explainStuckPam } from './explain-stuck.ts';

const OFF: HomeSessionView = { state: 'off', since: null, problem: null, texts: [] };
const STATES: Readonly<Record<PamSessionState, HomeSessionState>> = {
  opening: 'opening',
  open: 'open',
  closing: 'off',
  closed: 'closed',
  failed: 'failed',
  stuck: 'failed',
  unclean: 'failed',
};

export function homeSessionOf(broker: Broker, person: Person): HomeSessionView {
  const row = broker.pamSessions.homeOf(person);
  const isOff = row === undefined || !broker.settings.sessionsEnabled;
  const state = isOff ? 'off' : STATES[row.state];
  if (row === undefined || state === 'off') return OFF;
  const problem = state === 'failed' ? (row.problem ?? silence(broker, row)) : null;
  return { state, since: row.started, problem, texts: row.texts };
}

/** Every log line of a PAM session contains its id, so the reference is the beginning of the id. */
function silence(broker: Broker, row: PamSessionRow): Problem {
  const why = row.state === 'stuck' ? ` ${explainStuckPam(broker, row)}` : '';
  const text = `The home session does not answer.${why}`;
  return { code: 'session-hangs', text, reference: row.id.slice(0, 12) };
}
