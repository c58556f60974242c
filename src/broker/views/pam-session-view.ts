/** The view of a PAM session for root's CLI. */
import type { PamSessionView } from '../../protocol/cli-broker.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';
import { explainStuckPam } from './explain-stuck.ts';

export function pamViewOf(broker: Broker, row: PamSessionRow): PamSessionView {
  const { id, user, uid, state, isHome, place, profile, closePolicy, address, leader } = row;
  const { label, started, ended, problem } = row;
  const stuck = state === 'stuck' ? explainStuckPam(broker, row) : null;
  const sessions = broker.sessions.listIn(row).map((session) => session.id);
  const what = { id, user, uid, state, home: isHome, label, place, profile, close: closePolicy };
  return { ...what, address, leader, started, ended, problem, stuck, sessions };
}
