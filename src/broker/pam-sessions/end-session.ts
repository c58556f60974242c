/** Ends a session: the leader hangs up, kills what is left and says so. */
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { ProblemError } from '../base/problem.ts';
import { whenRow } from '../changes/when-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isOverOrStuck } from '../rows/session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { linkOf, pamSessionOf } from '../views/pam-session-of.ts';
import { beginEnd } from './begin-end.ts';
import { beginClose, isLastIn } from './close-pam-session.ts';
import { watchSession } from './watch-step.ts';

/** Begins the end; its leader completes it. by: null: nobody, it may not go on. */
export function endSession(broker: Broker, row: SessionRow, by: EndedBy | null): void {
  const { id, state, ended } = row;
  if (ended !== null) throw new ProblemError('session-ended', `session ${id} is '${state}'`);
  const pam = pamSessionOf(broker, row);
  // A PAM session is never without its last program unless it is to be.
  if (pam !== undefined && isLastIn(broker, pam, row)) {
    beginClose(broker, pam, by);
    return;
  }
  if (state === 'ending' && broker.steps.has(id)) return;
  beginEnd(broker, row, by);
  // Without a link adoption sends it.
  const link = linkOf(broker, row);
  if (link) sendEnd(broker, link, row);
  else watchSession(broker, id, 'end');
}

export function sendEnd(broker: Broker, link: Link, { id }: SessionRow): void {
  link.leader.send({ name: 'end', session: id });
  watchSession(broker, id, 'end');
}

/** Resolves with the row once the session has come to its end, or cannot. */
export function whenEndedOrStuck(broker: Broker, row: SessionRow): Promise<SessionRow> {
  return whenRow(broker, row, ({ state }) => isOverOrStuck(state));
}
