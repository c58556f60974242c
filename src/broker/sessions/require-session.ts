/** Finds a session by its id, if it belongs to the user of the ticket. For others it does not exist. */
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../base/problem.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';

export function requireSession(broker: Broker, ticket: Ticket, id: SessionId): SessionRow {
  const row = broker.sessions.find(id);
  if (row === undefined) throw new ProblemError('session-not-found', `there is no session ${id}`);
  // The uid too, because the name may have been given to another account.
  if (row.user !== ticket.user || row.uid !== ticket.uid) {
    throw new ProblemError(
      'session-not-found',
      `session ${id} does not belong to '${ticket.user}'`,
    );
  }
  return row;
}
