/** PAM sessions of sessions that stay open after their program has ended (decision 36). */
import type { OpenPamSession } from '../../protocol/page-gateway.ts';
import { lastThatFit } from '../base/fit-frame.ts';
import { type PamSessionRow, wasOpened } from '../rows/pam-session-row.ts';
import { isClosing, isFinal, isOpen } from '../rows/pam-session-transitions.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { explainStuckPam } from './explain-stuck.ts';

/** Its leader does not close it by itself: something has to ask for that. */
export function staysOpen({ isHome, closePolicy }: PamSessionRow): boolean {
  return !isHome && closePolicy === 'asked';
}

/** Nothing runs in it any more. It is open, being closed, or stuck. */
export function isLeftOver(broker: Broker, row: PamSessionRow): boolean {
  if (!staysOpen(row) || !wasOpened(row) || isFinal(row.state)) return false;
  return broker.sessions.listIn(row).length === 0;
}

/** Open, and nothing runs in it any more. */
export function isIdle(broker: Broker, row: PamSessionRow): boolean {
  return isOpen(row.state) && isLeftOver(broker, row);
}

export function countIdle(broker: Broker): number {
  return broker.pamSessions.listLive().filter((row) => isIdle(broker, row)).length;
}

/** What their user sees of them. */
export function openPamSessionsOf(broker: Broker, person: Person): OpenPamSession[] {
  const rows = broker.pamSessions.listLiveOf(person).filter((row) => isLeftOver(broker, row));
  return lastThatFit(rows.map((row) => viewOf(broker, row)));
}

function viewOf(broker: Broker, row: PamSessionRow): OpenPamSession {
  const { id, label: name, state, started: opened } = row;
  const stuck = state === 'stuck' ? explainStuckPam(broker, row) : null;
  return { id, name, opened, closing: isClosing(state), stuck };
}
