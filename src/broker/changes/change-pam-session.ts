/** Every change of a PAM session is made here: written, with an audit row for a new state, and then announced. */
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { PamSessionId } from '../../protocol/ids.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isFinal, mayBecome } from '../rows/pam-session-transitions.ts';
import type { Broker } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { announcePamSession } from '../views/announce.ts';
import { tellAfter } from './tell-after.ts';

type Change = Partial<Pick<PamSessionRow, 'label' | 'leader' | 'leaderBorn' | 'texts' | 'problem'>>;

/** detail: for the audit only. */
export function changePamSession(
  broker: Broker,
  id: PamSessionId,
  state: PamSessionState,
  change: Change = {},
  detail?: string,
): PamSessionRow {
  const before = broker.pamSessions.find(id);
  if (before === undefined) throw new Error(`there is no PAM session ${id} to become '${state}'`);
  if (!mayBecome(before.state, state)) {
    throw new Error(`PAM session ${id} cannot become '${state}', it is '${before.state}'`);
  }
  const ended = isFinal(state) ? broker.now() : null;
  return addPamSession(broker, { ...before, ...change, state, ended }, detail);
}

/** Changes columns, but not the state. */
export function notePamSession(broker: Broker, id: PamSessionId, change: Change): void {
  const before = broker.pamSessions.find(id);
  if (before === undefined) return;
  const row = { ...before, ...change };
  tellAfter(broker, broker.pamSessions.write(row), () => announcePamSession(broker, row));
}

/** Writes a new row, or a row with a new state. */
export function addPamSession(broker: Broker, row: PamSessionRow, detail?: string): PamSessionRow {
  broker.store.transact(() => {
    const written = broker.pamSessions.write(row);
    auditState(broker, row, detail);
    tellAfter(broker, written, () => {
      announcePamSession(broker, row);
      broker.changes.emit(row.id, row);
    });
  });
  if (isFinal(row.state)) {
    forgetStep(broker, row.id);
    broker.unwanted.delete(row.id);
  }
  return row;
}

function auditState({ audit }: Broker, row: PamSessionRow, detail?: string): void {
  const { id: session, user, uid, address, problem } = row;
  audit({
    event: `pam-session-${row.state}`,
    ...{ user, uid, address, session, detail },
    ...{ problem: problem?.code, reference: problem?.reference },
  });
}
