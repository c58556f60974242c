/** The opening PAM session that a start waits for: its own, or its person's home session. */

import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';

/** null: PAM opens nothing for it now. */
export function opensFor(broker: Broker, row: SessionRow): Link | null {
  const { state } = row;
  const opening = state === 'pending' ? broker.sessions.homeOf(row) : row;
  if (opening?.state !== 'starting') return null;
  return broker.links.get(opening.id) ?? null;
}

/** The starts of people that wait for it: none, where a home session opens by itself. */
export function startsOf(broker: Broker, opening: SessionRow): SessionRow[] {
  if (opening.state !== 'starting') return [];
  if (opening.kind !== 'home') return [opening];
  return broker.sessions
    .listOf(opening, broker.now())
    .filter(({ kind, state }) => kind !== 'home' && state === 'pending');
}
