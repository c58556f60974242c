/** Every change of a session is made here: written, with an audit row for a new state, and then announced. */
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { isFinal, mayBecome } from '../rows/session-transitions.ts';
import type { Broker } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { announceSession } from '../views/announce.ts';
import { tellAfter } from './tell-after.ts';

type Change = Partial<Omit<SessionRow, 'id' | 'user' | 'uid' | 'state' | 'started' | 'ended'>>;

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
  return addSession(broker, { ...before, ...change, state, ended }, detail);
}

/** Changes columns, but not the state. */
export function noteSession(broker: Broker, id: SessionId, change: Change): void {
  const before = broker.sessions.find(id);
  if (before === undefined) return;
  const row = { ...before, ...change };
  tellAfter(broker, broker.sessions.write(row), () => announceSession(broker, row));
}

/** Writes a new row, or a row with a new state. */
export function addSession(broker: Broker, row: SessionRow, detail?: string): SessionRow {
  broker.store.transact(() => {
    const written = broker.sessions.write(row);
    auditState(broker, row, detail);
    tellAfter(broker, written, () => {
      announceSession(broker, row);
      broker.changes.emit(row.id, row);
    });
  });
  if (isFinal(row.state)) forgetMomentary(broker, row.id);
  return row;
}

function auditState({ audit }: Broker, row: SessionRow, detail?: string): void {
  const { id: session, user, uid, address, problem } = row;
  audit({
    event: `session-${row.state}`,
    ...{ user, uid, address, session, detail },
    ...{ problem: problem?.code, reference: problem?.reference },
  });
}

function forgetMomentary(broker: Broker, id: SessionId): void {
  forgetStep(broker, id);
  broker.unwanted.delete(id);
  broker.keys.delete(id);
  broker.watch.samples.delete(id);
  broker.watch.meters.delete(id);
}
