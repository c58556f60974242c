/** Closes a PAM session: its leader ends all that runs in it, closes it and reports that. */
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { changePamSession } from '../changes/change-pam-session.ts';
import { whenRow } from '../changes/when-row.ts';
import { type PamSessionRow, wasOpened } from '../rows/pam-session-row.ts';
import { isClosing, isOverOrStuck } from '../rows/pam-session-transitions.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { beginEnd } from './begin-end.ts';
import { cancelQuestion } from './put-question.ts';
import { watchPamSession } from './watch-step.ts';

/** It was opened for this session, and no other one runs in it. */
export function isOwnOf(broker: Broker, pam: PamSessionRow, row: SessionRow): boolean {
  return !pam.isHome && isAloneIn(broker, pam, row);
}

/** No other session runs in it. */
export function isAloneIn(broker: Broker, pam: PamSessionRow, row: SessionRow): boolean {
  return broker.sessions.listIn(pam).every(({ id }) => id === row.id);
}

/** Its leader closes it with this session, unasked. */
export function closesItselfWith(broker: Broker, pam: PamSessionRow, row: SessionRow): boolean {
  return pam.closePolicy === 'last-program' && isOwnOf(broker, pam, row);
}

/** On request of its user or of root, from the page or the command line. asker: for the audit. */
export function closeOnRequest(
  broker: Broker,
  row: PamSessionRow,
  by: EndedBy,
  asker: { readonly user: string; readonly uid: number },
): void {
  const { id, user } = row;
  broker.audit({ event: 'close-pam-session', ...asker, session: id, detail: `of '${user}'` });
  beginClose(broker, row, by);
}

/** Begins the end; the leader's `closed` completes it. by: who ends the sessions in it; null: nobody. */
export function beginClose(broker: Broker, row: PamSessionRow, by: EndedBy | null): void {
  const { id, state } = row;
  if (isClosing(state) && broker.steps.has(id)) return;
  broker.store.transact(() => {
    for (const session of broker.sessions.listIn(row)) beginEnd(broker, session, by);
    if (!isClosing(state)) changePamSession(broker, id, 'closing');
  });
  broker.unwanted.add(id);
  const link = broker.links.get(id);
  if (link) cancelQuestion(broker, link, 'cancelled');
  // A leader that has not opened it yet cannot close it: follow/ requests it later. Without a link adoption/ does.
  if (link && wasOpened(row)) sendClose(broker, link);
  else watchPamSession(broker, id, 'end');
}

export function sendClose(broker: Broker, link: Link): void {
  link.leader.send({ name: 'close' });
  watchPamSession(broker, link.pamSession, 'end');
}

/** Resolves with the row when it has ended or is stuck. */
export function whenClosedOrStuck(broker: Broker, row: PamSessionRow): Promise<PamSessionRow> {
  return whenRow(broker, row, ({ state }) => isOverOrStuck(state));
}
