/** Starts, and the opening PAM session that each waits for: its own, or its person's home session. */
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpening } from '../rows/pam-session-transitions.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { pamSessionOf } from './pam-session-of.ts';

/** null: PAM opens nothing for it now. */
export function opensFor(broker: Broker, row: SessionRow): Link | null {
  if (!isBeingStarted(row.state)) return null;
  const pam = pamSessionOf(broker, row) ?? broker.pamSessions.homeOf(row);
  if (pam === undefined || !isOpening(pam.state)) return null;
  return broker.links.get(pam.id) ?? null;
}

/** The starts of people that wait for it: none, where a home session opens by itself. */
export function startsOf(broker: Broker, pam: PamSessionRow): SessionRow[] {
  if (!isOpening(pam.state)) return [];
  const rows = pam.isHome
    ? broker.sessions.listLiveOf(pam).filter(({ pamSession }) => pamSession === null)
    : broker.sessions.listIn(pam);
  return rows.filter(({ state }) => isBeingStarted(state));
}
