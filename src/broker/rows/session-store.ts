/** The rows of sessions. Only change-session.ts writes them. */
import type { PamSessionId, SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { type EndedBy, MOST_ENDED, type SessionState } from '../../protocol/page-gateway.ts';
import type { Store } from '../database/store.ts';
import { type Columns, openLiveTable } from './live-table.ts';
import type { PamSessionRow } from './pam-session-row.ts';
import type { Person } from './person.ts';
import { PROBLEM_COLUMNS, problemOf, problemToColumns } from './problem-columns.ts';
import type { SessionRow } from './session-row.ts';

export type SessionStore = ReturnType<typeof openSessionStore>;

const COLUMNS = [
  ...['id', 'pam_session', 'user', 'uid', 'kind', 'name', 'state', 'origin', 'address', 'tty'],
  ...['pid', 'started', 'ended', 'exit_status', 'last_words', 'ended_by'],
  ...PROBLEM_COLUMNS,
];

export function openSessionStore(store: Store) {
  const table = openLiveTable(store, { name: 'sessions', columns: COLUMNS, toColumns, toRow });
  const { live, find, listPage, prune, moveTimes } = table;
  const ended = store.database.prepare(
    `SELECT * FROM sessions WHERE user = ?1 AND uid = ?2 AND ended > ?3 ORDER BY ended DESC LIMIT ${MOST_ENDED}`,
  );
  const dropPasses = store.prepareWrite('DELETE FROM passes WHERE session = ?');
  return {
    ...{ find, listPage, prune, moveTimes },
    write: (row: SessionRow): void | Promise<void> => {
      const written = table.write(row);
      // An ended session cannot be entered.
      if (row.ended !== null) dropPasses(row.id);
      return written;
    },
    listLiveOf: (person: Person): SessionRow[] => live.listOf(person),
    /** A person's live sessions, and the latest MOST_ENDED of those that ended after `since`. */
    listOf: (person: Person, since: number): SessionRow[] =>
      [...live.listOf(person), ...ended.all(person.user, person.uid, since).map(toRow)].toSorted(
        inOrder,
      ),
    /** Live sessions that are not in a PAM session yet. */
    listWaiting: (): SessionRow[] => live.list().filter(({ pamSession }) => pamSession === null),
    /** Live sessions in a PAM session. */
    listIn: (pam: PamSessionRow): SessionRow[] =>
      live.listOf(pam).filter(({ pamSession }) => pamSession === pam.id),
    countLive: (): number => live.size,
  };
}

function inOrder(a: SessionRow, b: SessionRow): number {
  return a.started - b.started || (a.id < b.id ? -1 : 1);
}

function toColumns(row: SessionRow) {
  const { id, pamSession, user, uid, kind, name, state, origin, address, tty, pid } = row;
  return [
    ...[id, pamSession, user, uid, kind, name, state, origin, address, tty, pid],
    ...[row.started, row.ended, row.exitStatus, row.lastWords, row.endedBy],
    ...problemToColumns(row.problem),
  ];
}

function toRow(row: Columns): SessionRow {
  return {
    id: row.id as SessionId,
    pamSession: row.pam_session as PamSessionId | null,
    user: row.user as UserName,
    uid: row.uid as Uid,
    kind: row.kind as string,
    name: row.name as string,
    state: row.state as SessionState,
    origin: row.origin as SessionRow['origin'],
    address: row.address as string,
    tty: row.tty as string | null,
    pid: row.pid as number,
    started: row.started as number,
    ended: row.ended as number | null,
    exitStatus: row.exit_status as number | null,
    lastWords: row.last_words as string,
    endedBy: row.ended_by as EndedBy | null,
    problem: problemOf(row),
  };
}
