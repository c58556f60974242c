/** Ends sessions: the leader hangs up, kills what is left, closes the PAM session and says so. */
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { ProblemError } from '../base/problem.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import { cancelQuestion } from './put-question.ts';
import { watchStep } from './watch-step.ts';

/** Begins the end; `closed` from the leader completes it. by: null: it has served its purpose. */
export function endSession(broker: Broker, row: SessionRow, by: EndedBy | null): void {
  const { id, state, ended } = row;
  if (ended !== null) throw new ProblemError('session-ended', `session ${id} is '${state}'`);
  if (state === 'ending' && broker.steps.has(id)) return;
  for (const within of broker.sessions.listIn(id))
    if (within.id !== id) noteEndedBy(broker, within, by);
  if (state === 'ending') noteEndedBy(broker, row, by);
  else changeSession(broker, id, 'ending', endedBy(row, by));
  const link = broker.links.get(id);
  // Before it is open the leader cannot close it: follow-leader asks for it then. Without a link adoption does.
  broker.unwanted.add(id);
  if (link) cancelQuestion(broker, link, 'cancelled');
  if (link?.opened) endLeader(broker, link);
  else watchStep(broker, id, 'end');
}

function noteEndedBy(broker: Broker, row: SessionRow, by: EndedBy | null): void {
  const change = endedBy(row, by);
  if (change.endedBy !== undefined) noteSession(broker, row.id, change);
}

/** Nobody has ended it whose program has ended already, and the first one counts. */
function endedBy(row: SessionRow, by: EndedBy | null): { endedBy?: EndedBy } {
  return by === null || row.exitStatus !== null || row.endedBy !== null ? {} : { endedBy: by };
}

export function endLeader(broker: Broker, link: Link): void {
  link.leader.send({ name: 'end', session: link.session });
  watchStep(broker, link.session, 'end');
}

/** Resolves with the row once the session has come to its end, or cannot. */
export function whenEndedOrStuck(broker: Broker, row: SessionRow): Promise<SessionRow> {
  return whenSession(broker, row, ({ ended, state }) => ended !== null || state === 'stuck');
}

/** Resolves with the row as soon as it fits; rejects when `signal` aborts. */
export function whenSession(
  broker: Broker,
  row: SessionRow,
  fits: (row: SessionRow) => boolean,
  signal?: AbortSignal,
): Promise<SessionRow> {
  if (fits(row)) return Promise.resolve(row);
  return new Promise((resolve, reject) => {
    const stop = () => {
      broker.changes.off(row.id, look);
      signal?.removeEventListener('abort', give);
    };
    const look = (changed: SessionRow) => {
      if (!fits(changed)) return;
      stop();
      resolve(changed);
    };
    const give = () => {
      stop();
      reject(signal?.reason);
    };
    broker.changes.on(row.id, look);
    signal?.addEventListener('abort', give);
  });
}
