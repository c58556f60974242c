/**
 * The SQLite file on the disk: opened for writing, or an error that says why that is impossible. All calls block the
 * event loop, so none waits longer than 50 ms for another process (an admin's sqlite3) that has locked the file.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { TroubleError } from './disk-trouble.ts';
import { MIGRATIONS, migrate } from './migrate.ts';

const BUSY_MS = 50;
/** SQLite maps its -shm file of 32 KiB. If the disk has no block for one of its pages, the process dies of SIGBUS. */
const ROOM_BYTES = 65_536;
/** `PRAGMA application_id` while a broker uses the file, and after a broker has closed it normally. */
const IN_USE = 0x76657374;
const CLOSED = 0x76657363;
const HEADER_BYTES = 100;

export class DatabaseFile {
  readonly database: DatabaseSync;
  private readonly path: string;
  private readonly inode: bigint;
  private readonly lock: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** Throws AnotherBroker, or an error that troubleOf() can explain. */
  constructor(path: string) {
    this.path = path;
    this.lock = lockDatabase(`${path}.lock`);
    let database: DatabaseSync | undefined;
    try {
      requireRoom(path);
      if (!existsSync(path)) create(path);
      requireJournal(path);
      database = openPrivate(path);
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
      );
      requireWhole(database);
      migrate(database, path);
      this.inode = inodeOf(path);
    } catch (error) {
      database?.close();
      this.lock.close();
      throw error;
    }
    this.database = database;
  }

  /** Parsed once: parsing takes longer than most writes. `sql` must be one of few. */
  prepare(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  /** Marks the file as in use. This always writes, so it also shows whether the file can be written. */
  probe(): void {
    this.database.exec(`PRAGMA application_id = ${IN_USE}`);
  }

  /** Moves the contents of the journal into the file. */
  settle(): void {
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Whether the path still leads to this file, which may have been moved away or replaced. */
  isInPlace(): boolean {
    return existsSync(this.path) && inodeOf(this.path) === this.inode;
  }

  close(): void {
    this.lock.close();
    try {
      this.database.exec(`PRAGMA application_id = ${CLOSED}`);
    } catch {
      // Do not close it: SQLite would remove the journal, and without one a file marked as in use is refused.
      return;
    }
    this.database.close();
  }
}

/**
 * Reads a file that cannot be written. undefined: it cannot be read, or has another schema version. If there is no
 * journal SQLite would create one, except for a file that is opened as immutable.
 */
export function readUnwritable<T>(path: string, use: (database: DatabaseSync) => T): T | undefined {
  try {
    requireJournal(path);
    const hasJournal = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
    const how = hasJournal ? 'readonly_shm=1' : 'immutable=1';
    const url = new URL(`${pathToFileURL(path).href}?mode=ro&${how}`);
    const database = new DatabaseSync(url, { readOnly: true, timeout: BUSY_MS });
    try {
      requireWhole(database);
      const version = database.prepare('PRAGMA user_version').get()?.user_version;
      return version === MIGRATIONS.length ? use(database) : undefined;
    } finally {
      database.close();
    }
  } catch {
    return undefined; // the error of opening it for writing is already known
  }
}

/**
 * Keeps a second broker from using the same file: each would announce only its own changes. Node has no flock(2), but
 * SQLite's lock on another file also ends with the process, even if that is killed.
 */
function lockDatabase(path: string): DatabaseSync {
  const lock = openPrivate(path);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw new AnotherBroker(
      `'${path}' is locked: another broker runs on this database, end it first`,
    );
  }
  return lock;
}

/** Unlike a disk trouble it ends the process, because the other broker serves already. */
export class AnotherBroker extends Error {}

/** A file marked as in use must have a journal, even an empty one. Without it SQLite would silently use old rows. */
function requireJournal(path: string): void {
  const header = readHeader(path);
  if (header.length < HEADER_BYTES) throw new TroubleError('damaged', `${header.length} bytes`);
  if (header.readUInt32BE(68) === IN_USE && !existsSync(`${path}-wal`)) {
    throw new TroubleError('incomplete', `there is no '${path}-wal'`);
  }
}

function requireRoom(path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < ROOM_BYTES) throw new TroubleError('full', `${bavail * bsize} bytes left`);
}

/** Detects a damaged file before anything relies on it: one that is truncated, or has blocks of another file. */
function requireWhole(database: DatabaseSync): void {
  const [first] = database.prepare('PRAGMA quick_check(1)').all();
  const verdict = String(first?.quick_check);
  if (verdict !== 'ok') throw new TroubleError('damaged', verdict);
}

/** Renames the file only when it is complete, so an empty file is always one that was truncated. */
function create(path: string): void {
  for (const end of ['-wal', '-shm', '.new', '.new-journal']) rmSync(path + end, { force: true });
  const database = openPrivate(`${path}.new`);
  try {
    migrate(database, path);
  } finally {
    database.close();
  }
  renameSync(`${path}.new`, path);
}

/** SQLite gives its journals the mode of the file, so making the file 0600 is enough. */
function openPrivate(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600));
  return new DatabaseSync(path, { timeout: BUSY_MS });
}

/** The header is described in https://www.sqlite.org/fileformat.html. */
function readHeader(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header));
  } finally {
    closeSync(descriptor);
  }
}

function inodeOf(path: string): bigint {
  return statSync(path, { bigint: true }).ino;
}
