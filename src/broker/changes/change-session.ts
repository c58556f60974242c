/** The one way in which a session's state changes: written with its audit row first, then announced. */
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';
import type { SessionRow } from '../rows/session-store.ts';
import { isFinal, mayBecome } from '../rows/session-transitions.ts';
import type { Broker } from '../state/context.ts';
import { announceSession } from '../views/announce.ts';
import { forgetStep } from './forget-step.ts';

type Change = Partial<
  Pick<
    SessionRow,
    | 'tty'
    | 'pid'
    | 'exitStatus'
    | 'lastWords'
    | 'endedBy'
    | 'problem'
    | 'pamSession'
    | 'leader'
    | 'leaderBorn'
    | 'texts'
  >
>;

/** detail: for the audit only. */
export function changeSession(
  broker: Broker,
  id: SessionId,
  state: SessionState,
  change: Change = {},
  detail?: string,
): SessionRow {
  const before = broker.sessions.find(id);
  if (before === undefined) throw new Error(`there is no session ${id} to become '${state}'`);
  if (!mayBecome(before.state, state)) {
    throw new Error(`session ${id} cannot become '${state}', it is '${before.state}'`);
  }
  const ended = isFinal(state) ? broker.now() : null;
  return write(broker, { ...before, ...change, state, ended }, detail);
}

/** What is learnt of a session without a change of its state. */
export function noteSession(broker: Broker, id: SessionId, change: Change): void {
  const before = broker.sessions.find(id);
  if (before === undefined) return;
  const row = { ...before, ...change };
  broker.sessions.write(row);
  announceSession(broker, row);
}

/** One that runs already, by its leader's word. */
export function addSession(broker: Broker, row: SessionRow): SessionRow {
  return write(broker, row);
}

/** Throws 'disk' when it cannot be written: nothing begins without its record. */
export function beginSession(broker: Broker, row: SessionRow): SessionRow {
  broker.store.transactOnDisk(() => keep(broker, row));
  return tell(broker, row);
}

function write(broker: Broker, row: SessionRow, detail?: string): SessionRow {
  broker.store.transact(() => keep(broker, row, detail));
  return tell(broker, row);
}

function keep(broker: Broker, row: SessionRow, detail?: string): void {
  const { id: session, user, uid, address, problem } = row;
  broker.sessions.write(row);
  if (isFinal(row.state)) {
    forgetStep(broker, session);
    broker.unwanted.delete(session);
    broker.sessions.dropPasses(session);
    broker.watch.samples.delete(session);
    broker.watch.meters.delete(session);
  }
  broker.audit({
    event: `session-${row.state}`,
    ...{ user, uid, address, session, detail },
    ...{ problem: problem?.code, reference: problem?.reference },
  });
}

function tell(broker: Broker, row: SessionRow): SessionRow {
  announceSession(broker, row);
  broker.changes.emit(row.id, row);
  return row;
}
