/** Opens the home session of a user if there is none; sessions that run in it wait for it here. */
import { ProblemError } from '../base/problem.ts';
import { begin } from '../changes/begin.ts';
import { whenRow } from '../changes/when-row.ts';
import { addOpening, openPamSession } from '../opening/open-pam-session.ts';
import { makeRoom } from '../pam-sessions/make-room.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpen, isOpening, isUsable } from '../rows/pam-session-transitions.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker, Link } from '../state/context.ts';

/** PAM modules may need long, but the timeout of the leader is shorter (auth-pam-timeout-seconds). */
const OPEN_MS = 3_660_000;

/** Of one user: the one before may still be closing. Each keeps two root processes for as long as PAM hangs. */
const MOST_HOMES = 2;

/** Finds it, or begins to open it: the row is there at once, so nobody opens a second one. Throws 'session-hangs', 'session-refused'. */
export function openHome(broker: Broker, ticket: Ticket, address: string): PamSessionRow {
  const last = broker.pamSessions.homeOf(ticket);
  if (last !== undefined && isUsable(last.state)) return last;
  const live = broker.pamSessions.listLiveHomesOf(ticket);
  if (live.length >= MOST_HOMES) {
    const ids = live.map(({ id, state }) => `${id} is '${state}'`).join(', ');
    const text = 'Your earlier PAM sessions on this machine have not been closed yet.';
    throw new ProblemError('session-hangs', `'${ticket.user}' has home sessions: ${ids}`, text);
  }
  makeRoom(broker, ticket);
  const fields = { isHome: true, label: '', closePolicy: 'asked', address } as const;
  const row = begin(broker, () => addOpening(broker, ticket, fields));
  openPamSession(broker, row, ticket, null);
  return row;
}

/** Resolves once it is open; rejects with why it is not. */
export async function requireHome(broker: Broker, ticket: Ticket, address: string): Promise<Link> {
  const row = openHome(broker, ticket, address);
  const late = AbortSignal.timeout(OPEN_MS);
  const { id, state, problem } = await whenRow(broker, row, (now) => !isOpening(now.state), late);
  const link = broker.links.get(id);
  if (isOpen(state) && link !== undefined) return link;
  const search = broker.finding.get(id);
  if (search !== undefined) {
    await search;
    return requireHome(broker, ticket, address);
  }
  const { code = 'session-failed', text } = problem ?? {};
  throw new ProblemError(code, `home session ${id} is '${state}'`, text);
}
