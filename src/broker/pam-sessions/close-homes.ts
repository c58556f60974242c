/** A home session is closed when its person is signed in nowhere and no session that they started runs. */
import { kindNamed } from '../../kinds/kinds.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isUsable } from '../rows/pam-session-transitions.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { closePamSession } from './close-pam-session.ts';

export function closeHome(broker: Broker, person: Person): void {
  const home = broker.pamSessions.homeOf(person);
  if (home !== undefined && isUnused(broker, home)) closePamSession(broker, home, null);
}

/** What a restart, or a clock that jumped, left behind. */
export function closeHomes(broker: Broker): void {
  for (const row of broker.pamSessions.listLive()) if (row.isHome) closeHome(broker, row);
}

function isUnused({ tickets, sessions, kinds }: Broker, home: PamSessionRow): boolean {
  const { user, uid } = home;
  if (!isUsable(home.state) || tickets.listOf({ user, uid }).length > 0) return false;
  const started = sessions
    .listLiveOf(home)
    .filter(({ kind }) => kindNamed(kinds, kind).startedBy === 'person');
  return started.length === 0;
}
