/**
 * A user has at most pam-sessions-max-per-user PAM sessions: each keeps two processes of root. What is being closed
 * counts until it is closed, so the next one waits for that.
 */
import { ProblemError } from '../base/problem.ts';
import { whenRow } from '../changes/when-row.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isClosing, isOpening } from '../rows/pam-session-transitions.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { isIdle } from '../views/idle-pam-sessions.ts';
import { beginClose, whenClosedOrStuck } from './close-pam-session.ts';

const NOT_CLOSED = 'Your earlier PAM sessions on this machine have not been closed yet.';

/** Before one more is opened: the oldest without a program is closed. Throws 'session-refused' if there is none. */
export function makeRoom(broker: Broker, person: Person): void {
  const most = broker.settings.pamSessionsPerUser;
  for (;;) {
    const live = broker.pamSessions.listLiveOf(person).filter(({ state }) => !isClosing(state));
    if (live.length < most) return;
    const oldest = live.find((row) => isIdle(broker, row));
    if (oldest === undefined) throw refused(person, live.length, most);
    beginClose(broker, oldest, null);
  }
}

/** Resolves when so many of the user's earlier ones are closed that this one may open, or it is not to open any more. */
export async function whenRoom(broker: Broker, row: PamSessionRow): Promise<void> {
  const most = broker.settings.pamSessionsPerUser;
  for (;;) {
    const live = broker.pamSessions.listLiveOf(row);
    const at = live.findIndex(({ id, state }) => id === row.id && isOpening(state));
    if (at < most) return;
    const closing = live.slice(0, at).filter(({ state }) => isClosing(state));
    if (closing.length === 0) {
      const detail = `'${row.user}' has ${at} PAM sessions, pam-sessions-max-per-user is ${most}`;
      throw new ProblemError('session-hangs', detail, NOT_CLOSED);
    }
    await Promise.race([
      ...closing.map((earlier) => whenClosedOrStuck(broker, earlier)),
      whenRow(broker, row, ({ state }) => !isOpening(state)),
    ]);
  }
}

function refused({ user }: Person, count: number, most: number): ProblemError {
  const detail = `'${user}' has ${count} PAM sessions, pam-sessions-max-per-user is ${most}`;
  const text = `You have ${count} PAM sessions on this machine, which is as many as one person may have here, and something runs in each of them.`;
  return new ProblemError('session-refused', detail, text);
}
