/** Pure functions on the session list: its order, what can be done with a session, what has changed. */
import type { SessionState, SessionView } from '../../protocol/page-gateway.ts';

const ALIVE: readonly SessionState[] = ['pending', 'starting', 'running', 'ending', 'stuck'];

export const isAlive = ({ state }: SessionView): boolean => ALIVE.includes(state);

/** A program of `vestibule run` cannot be opened: it belongs to the command line that started it. */
export const canOpen = ({ talk, state }: SessionView): boolean =>
  talk !== null && state === 'running';

/** It keeps running when the person signs out. */
export const keepsRunning = ({ state }: SessionView): boolean =>
  state === 'pending' || state === 'starting' || state === 'running';

/** A stuck session can be ended, too: it ends as soon as that is possible. */
export const canEnd = (session: SessionView): boolean =>
  keepsRunning(session) || session.state === 'stuck';

/** Listed above those that have ended: live sessions, and those with a problem, so that nobody overlooks it. */
export const isNews = (session: SessionView): boolean =>
  isAlive(session) || session.problem !== null;

/** Live sessions first, then the newest first. */
export function sortSessions(sessions: readonly SessionView[]): SessionView[] {
  return sessions.toSorted(
    (a, b) => Number(isAlive(b)) - Number(isAlive(a)) || b.started - a.started,
  );
}

/** The sessions that are new or have another state than before. */
export function findChanges(
  before: readonly SessionView[],
  after: readonly SessionView[],
): SessionView[] {
  const states = new Map(before.map(({ id, state }) => [id, state]));
  return after.filter(({ id, state }) => states.get(id) !== state);
}
