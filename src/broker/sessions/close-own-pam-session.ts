/** A user closes a PAM session of theirs in which no program runs any more. Those of others do not exist for them. */
import type { Requests } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import { closeOnRequest } from '../pam-sessions/close-pam-session.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';
import { requireTicket } from '../tickets/check-ticket.ts';
import { isLeftOver } from '../views/idle-pam-sessions.ts';

const NOT_FOUND = 'There is no such PAM session, or it is not yours.';
const IN_USE = 'Programs run in this PAM session. End its session, then close it.';
const IS_HOME =
  'This PAM session is kept for your sign-in. It is closed when you are signed out everywhere and no session of yours runs.';

export function closeOwnPamSession(
  broker: Broker,
  { ticket, pamSession }: Requests['pam-session-close']['ask'],
): Record<string, never> {
  const { user, uid } = requireTicket(broker, ticket);
  const row = broker.pamSessions.find(pamSession);
  if (row === undefined || row.user !== user || row.uid !== uid) {
    const why = row === undefined ? 'there is none' : `it is not of '${user}'`;
    throw new ProblemError('session-not-found', `PAM session ${pamSession}: ${why}`, NOT_FOUND);
  }
  // Another page was faster.
  if (row.ended !== null) return {};
  if (!isLeftOver(broker, row)) throw inUse(row);
  closeOnRequest(broker, row, 'user', { user, uid });
  return {};
}

function inUse({ id, isHome }: PamSessionRow): ProblemError {
  const what = isHome ? 'is a home session' : 'has a program';
  return new ProblemError(
    'session-refused',
    `PAM session ${id} ${what}`,
    isHome ? IS_HOME : IN_USE,
  );
}
