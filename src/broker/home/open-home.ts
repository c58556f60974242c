/** The one home session of a person: opened when there is none, waited for by sessions that run in it. */

import { ProblemError } from '../base/problem.ts';
import { newSession, openPamSession } from '../opening/open-pam-session.ts';
import { whenSession } from '../pam-sessions/end-session.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker, Link } from '../state/context.ts';

/** PAM modules may take their time; the leader ends itself before this (auth-pam-timeout-seconds). */
const OPEN_MS = 3_660_000;

/** Finds it, or begins to open it: the row is there at once, so nobody opens a second one. */
export function openHome(broker: Broker, ticket: Ticket, address: string): SessionRow {
  const last = broker.sessions.homeOf(ticket);
  if (last !== undefined && ['pending', 'starting', 'running'].includes(last.state)) return last;
  const row = newSession(broker, ticket, {
    kind: 'home',
    name: 'home',
    address,
    state: 'starting',
  });
  openPamSession(broker, row, ticket);
  return row;
}

/** Resolves once it is open; rejects with why it is not. */
export async function requireHome(broker: Broker, ticket: Ticket, address: string): Promise<Link> {
  const opening = (state: string) => state === 'pending' || state === 'starting';
  const row = openHome(broker, ticket, address);
  const late = AbortSignal.timeout(OPEN_MS);
  const { id, state, problem } = await whenSession(broker, row, (now) => !opening(now.state), late);
  const link = broker.links.get(id);
  if (state === 'running' && link !== undefined) return link;
  const search = broker.finding.get(id);
  if (search !== undefined) {
    await search;
    return requireHome(broker, ticket, address);
  }
  const { code = 'session-failed', text } = problem ?? {};
  throw new ProblemError(code, `home session ${id} is '${state}'`, text);
}
