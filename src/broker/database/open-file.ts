/**
 * The SQLite file on the disk, fit to be written, or why not. Calls block the event loop, so they are short, and none
 * waits longer than 50 ms for another process (an admin's sqlite3) that holds the file.
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
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { TroubleError } from './disk-trouble.ts';
import { MIGRATIONS, migrate } from './migrate.ts';

const BUSY_MS = 50;
/** SQLite maps a file of 32 KiB, and a page of it for which there is no block ends the process (SIGBUS). */
const ROOM_BYTES = 65_536;
/** What `PRAGMA application_id` says while a broker uses the file, and after it closed it in order. */
const IN_USE = 0x76657374;
const CLOSED = 0x76657363;
const HEADER_BYTES = 100;

export class DatabaseFile {
  readonly database: DatabaseSync;
  private readonly path: string;
  private readonly inode: bigint;
  private readonly lock: DatabaseSync;

  /** Throws what troubleOf() can explain. */
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
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF',
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

  /** Writes, although nothing has changed: that it is in use. */
  probe(): void {
    this.database.exec(`PRAGMA application_id = ${IN_USE}`);
  }

  /** What was written goes from the journal to the file. */
  settle(): void {
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Nobody moved it away or put another in its place. */
  isInPlace(): boolean {
    return existsSync(this.path) && inodeOf(this.path) === this.inode;
  }

  close(): void {
    this.lock.close();
    try {
      this.database.exec(`PRAGMA application_id = ${CLOSED}`);
    } catch {
      // It stays open: SQLite would remove the journal, which a file in use must have.
      return;
    }
    this.database.close();
  }
}

/**
 * Rows to go on with, of a file that cannot be written: undefined where it cannot be read, or is not of this version.
 * Without a journal SQLite wants to make one, unless it is told that nobody writes.
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
    return undefined; // why, is known already: it could not be opened for writing
  }
}

/**
 * Two brokers on one file would each announce half of the changes. Node has no flock(2); SQLite's own lock on a file
 * beside it is as good: it goes with the process, however that ends.
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

/** No trouble of a disk: this process must not go on. */
export class AnotherBroker extends Error {}

/** A file that was in use has a journal, which may be empty. SQLite itself goes on without it, with what was once. */
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

/** Found before something relies on it: a file cut short, blocks of another file. */
function requireWhole(database: DatabaseSync): void {
  const [first] = database.prepare('PRAGMA quick_check(1)').all();
  const verdict = String(first?.quick_check);
  if (verdict !== 'ok') throw new TroubleError('damaged', verdict);
}

/** Under another name until it is whole: an empty file is always one that was cut short. */
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

/** As https://www.sqlite.org/fileformat.html has it. */
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
