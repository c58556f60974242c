/** The rows of sessions. Only change-session.ts writes a state. */
import type { SQLOutputValue } from 'node:sqlite';
import type { SessionId, Uid, UserName } from '../../protocol/ids.ts';
import {
  type EndedBy,
  MOST_ENDED,
  type SessionKind,
  type SessionState,
  type SessionView,
} from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { Store } from '../database/store.ts';
import type { Person } from './ticket-store.ts';

/** What is known of it at the moment alone is no part of the row. */
export interface SessionRow
  extends Omit<SessionView, 'step' | 'conversation' | 'stuck' | 'activity' | 'usage'> {
  readonly user: UserName;
  readonly uid: Uid;
  /** Who started it. */
  readonly origin: 'gateway' | 'cli';
  /** Client's address, PAM_RHOST; empty when it was started on this machine. */
  readonly address: string;
  /** pid of the program, 0 when unknown */
  readonly pid: number;
  /** The PAM session that it runs in: its own, which has its id, or its person's home session. */
  readonly pamSession: SessionId;
  /**
   * The process of the leader whose PAM session it is and when that began (process-state.ts), from when that is open:
   * it is found by them should its socket be gone. 0: not open yet, or in the PAM session of another.
   */
  readonly leader: number;
  readonly leaderBorn: number;
  /** What PAM said while a home session opened. */
  readonly texts: readonly string[];
}
/** Of a row that begins. */
export const BLANK = {
  ended: null,
  exitStatus: null,
  lastWords: '',
  endedBy: null,
  problem: null,
  leader: 0,
  leaderBorn: 0,
  texts: [],
} as const;
export type SessionStore = ReturnType<typeof openSessionStore>;

const COLUMNS = [
  ...['id', 'user', 'uid', 'kind', 'name', 'state', 'origin', 'address', 'tty', 'pid'],
  ...['started', 'ended', 'exit_status', 'problem_code', 'problem_text', 'problem_reference'],
  ...['pam_session', 'leader', 'leader_born', 'texts', 'ended_by'],
  ...['last_words'],
];

export function openSessionStore(store: Store) {
  const { database } = store;
  const write = store.prepareWrite(
    `INSERT INTO sessions (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
  const byId = database.prepare('SELECT * FROM sessions WHERE id = ?');
  const live = database.prepare('SELECT * FROM sessions WHERE ended IS NULL ORDER BY started, id');
  const ofUser = database.prepare(
    `SELECT * FROM sessions WHERE user = ?1 AND uid = ?2 AND ended IS NULL
     UNION ALL SELECT * FROM (
       SELECT * FROM sessions WHERE user = ?1 AND uid = ?2 AND ended > ?3 ORDER BY ended DESC LIMIT ${MOST_ENDED}
     ) ORDER BY started, id`,
  );
  const page = database.prepare(
    `SELECT * FROM sessions WHERE (ended IS NULL OR ended > ?1)
     AND (?2 IS NULL OR (started, id) > (SELECT started, id FROM sessions WHERE id = ?2)) ORDER BY started, id LIMIT ?3`,
  );
  const ofPam = database.prepare(
    'SELECT * FROM sessions WHERE pam_session = ? AND ended IS NULL ORDER BY started, id',
  );
  const homeOf = database.prepare(
    "SELECT * FROM sessions WHERE user = ? AND uid = ? AND kind = 'home' ORDER BY ended IS NULL DESC, rowid DESC LIMIT 1",
  );
  const countLive = database.prepare(
    "SELECT count(*) AS n, count(*) FILTER (WHERE kind = 'home') AS homes FROM sessions WHERE ended IS NULL",
  );
  const prune = store.prepareWrite('DELETE FROM sessions WHERE ended <= ?');
  const dropPasses = store.prepareWrite('DELETE FROM passes WHERE session = ?');
  return {
    write: (row: SessionRow): void => write(...toColumns(row)),
    find: (id: SessionId): SessionRow | undefined => {
      const row = byId.get(id);
      return row && toRow(row);
    },
    /** Those that have not come to their end. */
    listLive: (): SessionRow[] => live.all().map(toRow),
    /** Those too that ended after `since`; at most `limit`, from behind `after` on. */
    listPage: (since: number, after: SessionId | null, limit: number): SessionRow[] =>
      page.all(since, after, limit).map(toRow),
    /** A person's live ones and the last of those that ended after `since`. */
    listOf: ({ user, uid }: Person, since: number): SessionRow[] =>
      ofUser.all(user, uid, since).map(toRow),
    /** Those in one PAM session that have not come to their end. */
    listIn: (pamSession: SessionId): SessionRow[] => ofPam.all(pamSession).map(toRow),
    /** A person's last home session. */
    homeOf: ({ user, uid }: Person): SessionRow | undefined => {
      const row = homeOf.get(user, uid);
      return row && toRow(row);
    },
    countLive: (): { readonly sessions: number; readonly homeSessions: number } => {
      const { n, homes } = countLive.get() as { n: number; homes: number };
      return { sessions: n - homes, homeSessions: homes };
    },
    /** Forgets those that ended before. */
    prune: (before: number): void => prune(before),
    /** Nobody enters an ended session. */
    dropPasses: (id: SessionId): void => dropPasses(id),
  };
}

function toColumns(row: SessionRow) {
  const { id, user, uid, kind, name, state, origin, address, tty, pid, problem } = row;
  return [
    ...[id, user, uid, kind, name, state, origin, address, tty, pid],
    ...[row.started, row.ended, row.exitStatus],
    ...[problem?.code ?? null, problem?.text ?? null, problem?.reference ?? null],
    ...[row.pamSession, row.leader, row.leaderBorn, JSON.stringify(row.texts), row.endedBy],
    row.lastWords,
  ];
}

function toRow(row: Record<string, SQLOutputValue>): SessionRow {
  return {
    id: row.id as SessionId,
    user: row.user as UserName,
    uid: row.uid as Uid,
    kind: row.kind as SessionKind,
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
    problem: toProblem(row),
    pamSession: row.pam_session as SessionId,
    leader: row.leader as number,
    leaderBorn: row.leader_born as number,
    texts: JSON.parse(row.texts as string) as string[],
  };
}

function toProblem(row: Record<string, SQLOutputValue>): Problem | null {
  if (row.problem_code === null) return null;
  return {
    code: row.problem_code as Problem['code'],
    text: row.problem_text as string,
    reference: row.problem_reference as string,
  };
}
