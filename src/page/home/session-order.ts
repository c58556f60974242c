/** Pure facts about the session list: order, what can be done with each, what changed. */
import type { SessionState, SessionView } from '../../protocol/page-gateway.ts';

const ALIVE: readonly SessionState[] = ['pending', 'starting', 'running', 'ending', 'stuck'];

export const isAlive = ({ state }: SessionView): boolean => ALIVE.includes(state);

/** A program of `vestibule run` belongs to the command line that started it: nothing to look at here. */
export const canOpen = ({ talk, state }: SessionView): boolean =>
  talk !== null && state === 'running';

/** Goes on when its person signs out. */
export const keepsRunning = ({ state }: SessionView): boolean =>
  state === 'pending' || state === 'starting' || state === 'running';

/** One that is stuck may be ended, too: it ends as soon as that is possible. */
export const canEnd = (session: SessionView): boolean =>
  keepsRunning(session) || session.state === 'stuck';

/** Belongs to the list proper: what lives, and what went wrong, so that nobody overlooks it. */
export const isNews = (session: SessionView): boolean =>
  isAlive(session) || session.problem !== null;

/** What lives first, then the newest first. */
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
