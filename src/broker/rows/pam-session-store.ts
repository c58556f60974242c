/** The rows of PAM sessions. Only change-pam-session.ts writes them. */
import type { SQLOutputValue } from 'node:sqlite';
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { PamSessionId, Place, Uid, UserName } from '../../protocol/ids.ts';
import type { Store } from '../database/store.ts';
import { LiveRows } from './live-rows.ts';
import type { PamSessionRow } from './pam-session-row.ts';
import type { Person } from './person.ts';
import { PROBLEM_COLUMNS, problemOf, problemToColumns } from './problem-columns.ts';
import { writeRow } from './write-row.ts';

export type PamSessionStore = ReturnType<typeof openPamSessionStore>;

const COLUMNS = [
  ...['id', 'user', 'uid', 'place', 'profile', 'state', 'close_policy', 'is_home', 'address'],
  ...['leader', 'leader_born', 'texts', 'started', 'ended'],
  ...PROBLEM_COLUMNS,
];

export function openPamSessionStore(store: Store) {
  const { database } = store;
  const live = new LiveRows<PamSessionRow>();
  const put = writeRow(store, 'pam_sessions', COLUMNS);
  const allLive = database.prepare('SELECT * FROM pam_sessions WHERE ended IS NULL ORDER BY rowid');
  const byId = database.prepare('SELECT * FROM pam_sessions WHERE id = ?');
  const lastHome = database.prepare(
    'SELECT * FROM pam_sessions WHERE user = ? AND uid = ? AND is_home = 1 ORDER BY rowid DESC LIMIT 1',
  );
  const page = database.prepare(
    `SELECT * FROM pam_sessions WHERE (ended IS NULL OR ended > ?1)
     AND (?2 IS NULL OR (started, id) > (SELECT started, id FROM pam_sessions WHERE id = ?2)) ORDER BY started, id LIMIT ?3`,
  );
  const prune = store.prepareWrite('DELETE FROM pam_sessions WHERE ended <= ?');
  const move = store.prepareWrite(
    'UPDATE pam_sessions SET started = started + ?1, ended = ended + ?1',
  );
  const read = (): void => live.replace(allLive.all().map(toRow));
  store.whenReloaded(read);
  read();
  return {
    /** The one way to the table. In memory at once; whoever announces it does that when this is done. */
    write: (row: PamSessionRow): void | Promise<void> => {
      live.put(row);
      put(toColumns(row));
    },
    find: (id: PamSessionId): PamSessionRow | undefined => live.get(id) ?? optional(byId.get(id)),
    /** Those that have not come to their end. */
    listLive: (): PamSessionRow[] => live.list(),
    listLiveOf: (person: Person): PamSessionRow[] => live.listOf(person),
    /** A person's last home session: a living one, or how the last one ended. */
    homeOf: ({ user, uid }: Person): PamSessionRow | undefined =>
      live.listOf({ user, uid }).findLast(({ isHome }) => isHome) ??
      optional(lastHome.get(user, uid)),
    /** Those too that ended after `since`; at most `limit`, from behind `after` on. */
    listPage: (since: number, after: PamSessionId | null, limit: number): PamSessionRow[] =>
      page.all(since, after, limit).map(toRow),
    countLive: (): { readonly pamSessions: number; readonly homeSessions: number } => {
      const rows = live.list();
      return { pamSessions: rows.length, homeSessions: rows.filter((row) => row.isHome).length };
    },
    /** Forgets those that ended before. */
    prune: (before: number): void => prune(before),
    /** The clock was set by so many ms. */
    moveTimes: (by: number): void => {
      move(by);
      read();
    },
  };
}

function toColumns(row: PamSessionRow) {
  const { id, user, uid, place, profile, state, closePolicy, isHome, address } = row;
  return [
    ...[id, user, uid, place, profile, state, closePolicy, isHome ? 1 : 0, address],
    ...[row.leader, row.leaderBorn, JSON.stringify(row.texts), row.started, row.ended],
    ...problemToColumns(row.problem),
  ];
}

type Columns = Record<string, SQLOutputValue>;

function optional(row: Columns | undefined): PamSessionRow | undefined {
  return row && toRow(row);
}

function toRow(row: Columns): PamSessionRow {
  return {
    id: row.id as PamSessionId,
    user: row.user as UserName,
    uid: row.uid as Uid,
    place: row.place as Place,
    profile: row.profile as string,
    state: row.state as PamSessionState,
    closePolicy: row.close_policy as PamSessionRow['closePolicy'],
    isHome: row.is_home === 1,
    address: row.address as string,
    leader: row.leader as number,
    leaderBorn: row.leader_born as number,
    texts: JSON.parse(row.texts as string) as string[],
    started: row.started as number,
    ended: row.ended as number | null,
    problem: problemOf(row),
  };
}
