/** The schema, as the steps that lead to it. user_version says how many of them a file has seen. */
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
    issued INTEGER NOT NULL,
    idle_end INTEGER NOT NULL,
    absolute_end INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tickets_user ON tickets (user);
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
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
    problem_code TEXT,
    problem_text TEXT,
    problem_reference TEXT
  ) STRICT;
  CREATE INDEX sessions_user ON sessions (user, ended);
  CREATE TABLE passes (
    hash BLOB PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX passes_ticket ON passes (ticket);
  CREATE INDEX passes_session ON passes (session);
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
  `
  ALTER TABLE tickets ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
  ALTER TABLE tickets ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
  UPDATE tickets SET used = issued;
  `,
  `
  CREATE TABLE throttle (
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    level REAL NOT NULL,
    PRIMARY KEY (list, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE sessions ADD COLUMN pam_session TEXT NOT NULL DEFAULT '';
  ALTER TABLE sessions ADD COLUMN texts TEXT NOT NULL DEFAULT '[]';
  UPDATE sessions SET pam_session = id;
  CREATE INDEX sessions_pam ON sessions (pam_session);
  `,
  `
  ALTER TABLE sessions ADD COLUMN leader INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN leader_born INTEGER NOT NULL DEFAULT 0;
  `,
  `
  ALTER TABLE sessions ADD COLUMN ended_by TEXT;
  `,
  `
  ALTER TABLE sessions ADD COLUMN last_words TEXT NOT NULL DEFAULT '';
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
