/** Begins the end of a session, and records who ended it. */
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';

export function beginEnd(broker: Broker, row: SessionRow, by: EndedBy | null): void {
  // Until the leader learns of this, it may still report that the program runs.
  broker.unwanted.add(row.id);
  const change = endedBy(row, by);
  if (row.state !== 'ending') changeSession(broker, row.id, 'ending', change);
  else if (change.endedBy !== undefined) noteSession(broker, row.id, change);
}

/** Nobody, if the program has exited by itself. Only the first who ended it is recorded. */
function endedBy(row: SessionRow, by: EndedBy | null): { endedBy?: EndedBy } {
  return by === null || row.exitStatus !== null || row.endedBy !== null ? {} : { endedBy: by };
}
