/** The schema, as a list of migration steps. user_version is the number of steps that a file has. */
import type { DatabaseSync } from 'node:sqlite';
import { TroubleError } from './disk-trouble.ts';
import { transact } from './transact.ts';

/** Never change a step that was released: add one. Times are Unix ms. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user TEXT NOT NULL,
    uid INTEGER NOT NULL,
    pam_grant BLOB NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    issued INTEGER NOT NULL,
    used INTEGER NOT NULL,
    idle_end INTEGER NOT NULL,
    absolute_end INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tickets_user ON tickets (user);
  CREATE TABLE pam_sessions (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    uid INTEGER NOT NULL,
    place TEXT NOT NULL,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    close_policy TEXT NOT NULL,
    is_home INTEGER NOT NULL,
    label TEXT NOT NULL,
    address TEXT NOT NULL,
    leader INTEGER NOT NULL,
    leader_born INTEGER NOT NULL,
    texts TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    problem_code TEXT,
    problem_text TEXT,
    problem_reference TEXT
  ) STRICT;
  CREATE INDEX pam_sessions_user ON pam_sessions (user, is_home);
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    pam_session TEXT REFERENCES pam_sessions (id) ON DELETE SET NULL,
    user TEXT NOT NULL,
    uid INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    address TEXT NOT NULL,
    tty TEXT,
    pid INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    exit_status INTEGER,
    last_words TEXT NOT NULL,
    ended_by TEXT,
    problem_code TEXT,
    problem_text TEXT,
    problem_reference TEXT
  ) STRICT;
  CREATE INDEX sessions_user ON sessions (user, ended);
  CREATE INDEX sessions_pam ON sessions (pam_session);
  CREATE TABLE passes (
    hash BLOB PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX passes_ticket ON passes (ticket);
  CREATE INDEX passes_session ON passes (session);
  CREATE TABLE throttle (
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    level REAL NOT NULL,
    PRIMARY KEY (list, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    user TEXT,
    uid INTEGER,
    address TEXT,
    session TEXT,
    problem TEXT,
    reference TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX audit_at ON audit (at);
  `,
];

export function migrate(database: DatabaseSync, path: string, steps = MIGRATIONS): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > steps.length) {
    throw new TroubleError(
      'newer',
      `'${path}' has schema ${row.user_version}, this version knows up to ${steps.length}`,
    );
  }
  for (let version = row.user_version; version < steps.length; version++) {
    transact(database, () => {
      database.exec(`${steps[version]}; PRAGMA user_version = ${version + 1}`);
    });
  }
}
