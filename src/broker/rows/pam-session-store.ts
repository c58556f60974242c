/** The rows of PAM sessions. Only change-pam-session.ts writes them. */
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { PamSessionId, Place, Uid, UserName } from '../../protocol/ids.ts';
import type { Store } from '../database/store.ts';
import { type Columns, openLiveTable } from './live-table.ts';
import type { PamSessionRow } from './pam-session-row.ts';
import type { Person } from './person.ts';
import { PROBLEM_COLUMNS, problemOf, problemToColumns } from './problem-columns.ts';

export type PamSessionStore = ReturnType<typeof openPamSessionStore>;

const COLUMNS = [
  ...['id', 'user', 'uid', 'place', 'profile', 'state', 'close_policy', 'is_home', 'label'],
  ...['address', 'leader', 'leader_born', 'texts', 'started', 'ended'],
  ...PROBLEM_COLUMNS,
];

export function openPamSessionStore(store: Store) {
  const table = openLiveTable(store, { name: 'pam_sessions', columns: COLUMNS, toColumns, toRow });
  const { live, write, find, listPage, prune, moveTimes } = table;
  const lastHome = store.database.prepare(
    'SELECT * FROM pam_sessions WHERE user = ? AND uid = ? AND is_home = 1 ORDER BY rowid DESC LIMIT 1',
  );
  const listLiveHomesOf = (person: Person): PamSessionRow[] =>
    live.listOf(person).filter(({ isHome }) => isHome);
  return {
    ...{ write, find, listPage, prune, moveTimes },
    listLive: (): PamSessionRow[] => live.list(),
    listLiveOf: (person: Person): PamSessionRow[] => live.listOf(person),
    /** The oldest first. There can be several: one may still be closing when the next is opened. */
    listLiveHomesOf,
    /** A person's newest live home session; if there is none, the last one that ended. */
    homeOf: ({ user, uid }: Person): PamSessionRow | undefined =>
      listLiveHomesOf({ user, uid }).at(-1) ?? lastHome.all(user, uid).map(toRow)[0],
    countLive: (): { readonly pamSessions: number; readonly homeSessions: number } => {
      const rows = live.list();
      return { pamSessions: rows.length, homeSessions: rows.filter((row) => row.isHome).length };
    },
  };
}

function toColumns(row: PamSessionRow) {
  const { id, user, uid, place, profile, state, closePolicy, isHome, label } = row;
  return [
    ...[id, user, uid, place, profile, state, closePolicy, isHome ? 1 : 0, label],
    ...[row.address, row.leader, row.leaderBorn, JSON.stringify(row.texts)],
    ...[row.started, row.ended],
    ...problemToColumns(row.problem),
  ];
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
    label: row.label as string,
    address: row.address as string,
    leader: row.leader as number,
    leaderBorn: row.leader_born as number,
    texts: JSON.parse(row.texts as string) as string[],
    started: row.started as number,
    ended: row.ended as number | null,
    problem: problemOf(row),
  };
}
