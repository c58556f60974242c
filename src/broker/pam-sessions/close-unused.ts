/** Closes PAM sessions that are not needed any more; docs/decisions/0036 has the table. */
import { kindNamed } from '../../kinds/kinds.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isUsable } from '../rows/pam-session-transitions.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { isIdle } from '../views/idle-pam-sessions.ts';
import { beginClose } from './close-pam-session.ts';

/** A session of this user has ended, or a sign-in. */
export function closeUnused(broker: Broker, person: Person): void {
  const rows = broker.pamSessions.listLiveOf(person).filter((row) => mayClose(broker, row));
  // Whether the user is away needs a query, so it is asked only if something depends on it.
  const isAway = rows.some((row) => needsAway(broker, row)) && isGone(broker, person);
  for (const row of rows) if (isAway || !needsAway(broker, row)) beginClose(broker, row, null);
}

/** What is still open after a restart, or after the clock was set. */
export function closeAllUnused(broker: Broker): void {
  const persons = new Map(broker.pamSessions.listLive().map((row) => [personKey(row), row]));
  for (const person of persons.values()) closeUnused(broker, person);
}

/** Only now that `opened` is open: a user whose new one does not open keeps the old ones. */
export function closeReplaced(broker: Broker, opened: PamSessionRow): void {
  if (opened.isHome || closeOption(broker) !== '0') return;
  const { id, place, profile } = opened;
  for (const row of broker.pamSessions.listLiveOf(opened)) {
    const isSame = row.place === place && row.profile === profile;
    if (row.id !== id && isSame && isIdle(broker, row)) beginClose(broker, row, null);
  }
}

/** Without PAM sessions there is nothing to keep open. */
export function closeOption({ settings }: Pick<Broker, 'settings'>): '0' | '1' | 'last' {
  return settings.sessionsEnabled ? settings.sessionsClose : '1';
}

/** With 0 only on request. With 1, those that were opened under another value. */
function mayClose(broker: Broker, row: PamSessionRow): boolean {
  return row.isHome ? isUsable(row.state) : closeOption(broker) !== '0' && isIdle(broker, row);
}

function needsAway(broker: Broker, row: PamSessionRow): boolean {
  return row.isHome || closeOption(broker) === 'last';
}

/** Signed in nowhere, and no session that they started is running. */
function isGone({ tickets, sessions, kinds }: Broker, person: Person): boolean {
  const isStarted = ({ kind }: SessionRow) => kindNamed(kinds, kind).startedBy === 'person';
  // The tickets come second: only they have to be read from the database.
  return !sessions.listLiveOf(person).some(isStarted) && tickets.listOf(person).length === 0;
}
