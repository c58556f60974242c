/** A home session ends when its person is signed in nowhere and no session of theirs runs. */

import type { SessionRow } from '../rows/session-store.ts';
import type { Person } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { endSession } from './end-session.ts';

export function closeHome(broker: Broker, person: Person): void {
  const home = broker.sessions.homeOf(person);
  if (home !== undefined && isUnused(broker, home)) endSession(broker, home, null);
}

/** What a restart, or a clock that jumped, left behind. */
export function closeHomes(broker: Broker): void {
  for (const row of broker.sessions.listLive()) if (row.kind === 'home') closeHome(broker, row);
}

function isUnused(broker: Broker, home: SessionRow): boolean {
  const { state, user, uid } = home;
  const ending = home.ended !== null || state === 'ending' || state === 'stuck';
  if (ending || broker.tickets.listOf({ user, uid }).length > 0) return false;
  const rows = broker.sessions.listOf(home, broker.now());
  return rows.every(({ kind, ended }) => kind !== 'terminal' || ended !== null);
}
