/** Finds what root names by an id. If the id is of the other table, the error says so. */
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';

/** For the audit. */
export const ROOT = { user: 'root', uid: 0 } as const;

/** otherwise: what to do with the id of a PAM session. */
export function findSession(broker: Broker, id: SessionId, otherwise: string): SessionRow {
  const row = broker.sessions.find(id);
  if (row !== undefined) return row;
  const isOther = broker.pamSessions.find(id as string as PamSessionId) !== undefined;
  if (isOther) throw notFound(`'${id}' is a PAM session: ${otherwise}`);
  throw notFound(unknown('session', id, 'active-sessions'));
}

/** otherwise: what to do with the id of a session. */
export function findPamSession(broker: Broker, id: PamSessionId, otherwise: string): PamSessionRow {
  const row = broker.pamSessions.find(id);
  if (row !== undefined) return row;
  const isOther = broker.sessions.find(id as string as SessionId) !== undefined;
  if (isOther) throw notFound(`'${id}' is a session: ${otherwise}`);
  throw notFound(unknown('PAM session', id, 'pam sessions'));
}

/** list: the command that lists the existing ones. */
function unknown(what: string, id: string, list: string): string {
  return `wanted the id of a ${what}, got '${id}', which none has; 'vestibule ${list}' lists them`;
}

function notFound(text: string): ProblemError {
  return new ProblemError('session-not-found', text, text);
}
