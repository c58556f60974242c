/** The rows of sessions. Only change-session.ts writes them. */
import type { SQLOutputValue } from 'node:sqlite';
import type { PamSessionId, SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { type EndedBy, MOST_ENDED, type SessionState } from '../../protocol/page-gateway.ts';
import type { Store } from '../database/store.ts';
import { LiveRows } from './live-rows.ts';
import type { PamSessionRow } from './pam-session-row.ts';
import type { Person } from './person.ts';
import { PROBLEM_COLUMNS, problemOf, problemToColumns } from './problem-columns.ts';
import type { SessionRow } from './session-row.ts';
import { writeRow } from './write-row.ts';

export type SessionStore = ReturnType<typeof openSessionStore>;

const COLUMNS = [
  ...['id', 'pam_session', 'user', 'uid', 'kind', 'name', 'state', 'origin', 'address', 'tty'],
  ...['pid', 'started', 'ended', 'exit_status', 'last_words', 'ended_by'],
  ...PROBLEM_COLUMNS,
];

export function openSessionStore(store: Store) {
  const { database } = store;
  const live = new LiveRows<SessionRow>();
  const put = writeRow(store, 'sessions', COLUMNS);
  const allLive = database.prepare(
    'SELECT * FROM sessions WHERE ended IS NULL ORDER BY started, id',
  );
  const byId = database.prepare('SELECT * FROM sessions WHERE id = ?');
  const ended = database.prepare(
    `SELECT * FROM sessions WHERE user = ?1 AND uid = ?2 AND ended > ?3 ORDER BY ended DESC LIMIT ${MOST_ENDED}`,
  );
  const page = database.prepare(
    `SELECT * FROM sessions WHERE (ended IS NULL OR ended > ?1)
     AND (?2 IS NULL OR (started, id) > (SELECT started, id FROM sessions WHERE id = ?2)) ORDER BY started, id LIMIT ?3`,
  );
  const prune = store.prepareWrite('DELETE FROM sessions WHERE ended <= ?');
  const dropPasses = store.prepareWrite('DELETE FROM passes WHERE session = ?');
  const move = store.prepareWrite('UPDATE sessions SET started = started + ?1, ended = ended + ?1');
  const read = (): void => live.replace(allLive.all().map(toRow));
  store.whenReloaded(read);
  read();
  return {
    /** The one way to the table. In memory at once; whoever announces it does that when this is done. */
    write: (row: SessionRow): void | Promise<void> => {
      live.put(row);
      put(toColumns(row));
      // Nobody enters an ended session.
      if (row.ended !== null) dropPasses(row.id);
    },
    find: (id: SessionId): SessionRow | undefined => live.get(id) ?? optional(byId.get(id)),
    /** A person's that have not come to their end. */
    listLiveOf: (person: Person): SessionRow[] => live.listOf(person),
    /** A person's live ones and the last of those that ended after `since`. */
    listOf: (person: Person, since: number): SessionRow[] =>
      [...live.listOf(person), ...ended.all(person.user, person.uid, since).map(toRow)].toSorted(
        inOrder,
      ),
    /** Live ones that are in no PAM session yet. */
    listWaiting: (): SessionRow[] => live.list().filter(({ pamSession }) => pamSession === null),
    /** Those in one PAM session that have not come to their end. */
    listIn: (pam: PamSessionRow): SessionRow[] =>
      live.listOf(pam).filter(({ pamSession }) => pamSession === pam.id),
    /** Those too that ended after `since`; at most `limit`, from behind `after` on. */
    listPage: (since: number, after: SessionId | null, limit: number): SessionRow[] =>
      page.all(since, after, limit).map(toRow),
    countLive: (): number => live.size,
    /** Forgets those that ended before. */
    prune: (before: number): void => prune(before),
    /** The clock was set by so many ms. */
    moveTimes: (by: number): void => {
      move(by);
      read();
    },
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

type Columns = Record<string, SQLOutputValue>;

function optional(row: Columns | undefined): SessionRow | undefined {
  return row && toRow(row);
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
