/** Ends a session: the leader sends SIGHUP, kills what is left and reports the end. */
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { ProblemError } from '../base/problem.ts';
import { whenRow } from '../changes/when-row.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isOverOrStuck } from '../rows/session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { linkOf, pamSessionOf } from '../views/pam-session-of.ts';
import { beginEnd } from './begin-end.ts';
import { beginClose, closesItselfWith, isAloneIn, isOwnOf } from './close-pam-session.ts';
import { watchSession } from './watch-step.ts';

/** Begins the end; the leader completes it. by: who ends it; null: nobody, or that is already recorded. */
export function endSession(broker: Broker, row: SessionRow, by: EndedBy | null): void {
  const { id, state, ended } = row;
  if (ended !== null) throw new ProblemError('session-ended', `session ${id} is '${state}'`);
  const pam = pamSessionOf(broker, row);
  if (pam !== undefined && isClosedWith(broker, pam, row)) {
    beginClose(broker, pam, by);
    return;
  }
  if (state === 'ending' && broker.steps.has(id)) return;
  beginEnd(broker, row, by);
  // Without a link adoption/ sends it later.
  const link = linkOf(broker, row);
  if (link) sendEnd(broker, link, row);
  else watchSession(broker, id, 'end');
}

/**
 * Ends a session and closes its PAM session, whatever auth-pam-sessions-close says, unless other sessions run in it. A
 * home session stays if the session has ended before: it is kept for the user, not for the session.
 */
export function suspendByForce(broker: Broker, row: SessionRow, by: EndedBy): void {
  const pam = pamSessionOf(broker, row);
  const isOver = row.ended !== null;
  const isNeeded = pam === undefined || !isAloneIn(broker, pam, row) || (isOver && pam.isHome);
  if (!isNeeded && pam.ended === null) beginClose(broker, pam, by);
  else if (!isOver) endSession(broker, row, by);
}

/** What was opened for a program that never ran (its pid is not known) is not kept, whatever its policy. */
function isClosedWith(broker: Broker, pam: PamSessionRow, row: SessionRow): boolean {
  if (closesItselfWith(broker, pam, row)) return true;
  return row.pid === 0 && isOwnOf(broker, pam, row);
}

export function sendEnd(broker: Broker, link: Link, { id }: SessionRow): void {
  link.leader.send({ name: 'end', session: id });
  watchSession(broker, id, 'end');
}

/** Resolves with the row when the session has ended or is stuck. */
export function whenEndedOrStuck(broker: Broker, row: SessionRow): Promise<SessionRow> {
  return whenRow(broker, row, ({ state }) => isOverOrStuck(state));
}
