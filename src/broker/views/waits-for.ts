/** Sessions that start, and the opening PAM session that each waits for: its own, or the user's home session. */
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpening } from '../rows/pam-session-transitions.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isBeingStarted } from '../rows/session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { pamSessionOf } from './pam-session-of.ts';

/** null: it does not wait for PAM, or its leader is not connected. */
export function opensFor(broker: Broker, row: SessionRow): Link | null {
  if (!isBeingStarted(row.state)) return null;
  const pam = pamSessionOf(broker, row) ?? broker.pamSessions.homeOf(row);
  if (pam === undefined || !isOpening(pam.state)) return null;
  return broker.links.get(pam.id) ?? null;
}

/** The sessions that wait for it; none if only a visit of the home page opened it. */
export function startsOf(broker: Broker, pam: PamSessionRow): SessionRow[] {
  if (!isOpening(pam.state)) return [];
  const rows = pam.isHome
    ? broker.sessions.listLiveOf(pam).filter(({ pamSession }) => pamSession === null)
    : broker.sessions.listIn(pam);
  return rows.filter(({ state }) => isBeingStarted(state));
}
