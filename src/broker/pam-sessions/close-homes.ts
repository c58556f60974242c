/** A home session is closed when its user is not signed in any more and no session that they started is running. */
import { kindNamed } from '../../kinds/kinds.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isUsable } from '../rows/pam-session-transitions.ts';
import type { Person } from '../rows/person.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { beginClose } from './close-pam-session.ts';

export function closeHome(broker: Broker, person: Person): void {
  const home = broker.pamSessions.listLiveHomesOf(person).at(-1);
  if (home !== undefined && isUnused(broker, home)) beginClose(broker, home, null);
}

/** For those that became unused without an event: during a restart, or when the clock was set. */
export function closeHomes(broker: Broker): void {
  for (const row of broker.pamSessions.listLive()) if (row.isHome) closeHome(broker, row);
}

/** Tickets last, because only they need a query. */
function isUnused({ tickets, sessions, kinds }: Broker, home: PamSessionRow): boolean {
  if (!isUsable(home.state)) return false;
  const isStarted = ({ kind }: SessionRow) => kindNamed(kinds, kind).startedBy === 'person';
  return !sessions.listLiveOf(home).some(isStarted) && tickets.listOf(home).length === 0;
}
