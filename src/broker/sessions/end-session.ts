/** Ends sessions: the leader hangs up, kills what is left, closes the PAM session and says so. */
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Broker, Link } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { changeSession } from './change-session.ts';
import type { SessionRow } from './session-store.ts';

/** Begins the end; `closed` from the leader completes it. */
export function endSession(broker: Broker, { id, state, ended }: SessionRow): void {
  if (ended !== null) throw new ProblemError('session-ended', `session ${id} is '${state}'`);
  if (state === 'ending') return;
  changeSession(broker, id, 'ending');
  const link = broker.links.get(id);
  // Before it is open the leader cannot close it: follow-leader asks for it then. Without a link adoption does.
  if (link?.opened) endLeader(broker, link);
}

export function endLeader(broker: Broker, link: Link): void {
  link.leader.send({ name: 'end', session: link.session });
  watchEnding(broker, link);
}

/** Declares the session stuck when its leader does not come to its end. */
export function watchEnding(broker: Broker, link: Link): void {
  if (link.stuckTimer) clearTimeout(link.stuckTimer);
  link.stuckTimer = setTimeout(() => declareStuck(broker, link.session), broker.stuckMs).unref();
}

function declareStuck(broker: Broker, id: SessionId): void {
  try {
    if (broker.sessions.find(id)?.state !== 'ending') return;
    const detail = `not closed ${broker.stuckMs / 1000} s after its end began`;
    changeSession(broker, id, 'stuck', {}, detail);
  } catch (error) {
    log.error('stuck-not-written', { session: id, error });
  }
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
