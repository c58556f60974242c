/**
 * The broker's SQLite file. Calls block the event loop, so they are short, and none waits longer than 50 ms for
 * another process (an admin's sqlite3) that holds the file.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';

const BUSY_MS = 50;

export interface OpenDatabase {
  readonly database: DatabaseSync;
  readonly close: () => void;
}

export function openDatabase(path: string): OpenDatabase {
  const lock = lockDatabase(`${path}.lock`);
  const database = openPrivate(path);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
  );
  migrate(database, path);
  return {
    database,
    close: () => {
      database.close();
      lock.close();
    },
  };
}

/**
 * Two brokers on one file would each announce half of the changes. Node has no flock(2); SQLite's own lock on a file
 * beside it is as good: it goes with the process, however that ends.
 */
function lockDatabase(path: string): DatabaseSync {
  const lock = openPrivate(path);
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(`'${path}' is locked: another broker runs on this database, end it first`);
  }
  return lock;
}

/** SQLite gives its journals the mode of the file, so making the file 0600 is enough. */
function openPrivate(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600));
  return new DatabaseSync(path, { timeout: BUSY_MS });
}
