/**
 * What the broker has written or has yet to write: rows in an SQLite database in memory, and their copy on the disk.
 * Every change is on the disk when the call that made it returns; what cannot be written waits in memory, and is tried
 * again until there is room. Live sessions are read from Maps over these rows (rows/live-rows.ts).
 */
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, Session } from 'node:sqlite';
import { log } from '../../lib/log.ts';
import { ProblemError } from '../base/problem.ts';
import { AuditQueue, type AuditRow, pruneAudit } from './audit-queue.ts';
import { copyRows, openMemory, replaceRows, writeChanges } from './copy-rows.ts';
import { type DiskTrouble, lookAtDisk, type TroubleKind, troubleOf } from './disk-trouble.ts';
import { AnotherBroker, DatabaseFile, readUnwritable } from './open-file.ts';
import { diskRefusal } from './refuse.ts';
import { transact } from './transact.ts';

type Value = null | number | bigint | string | Uint8Array;

const RETRY_MS = 1_000;
/** Of what does not mend itself, and is read whole at each try. */
const RARE_RETRY_MS = 30_000;
/** Root may have it set aside. */
const ASIDE: readonly TroubleKind[] = ['damaged', 'incomplete', 'refused', 'newer'];

export class Store {
  /** In memory, to be read. */
  readonly database: DatabaseSync = openMemory();
  private readonly path: string;
  private readonly check: (database: DatabaseSync) => void;
  private readonly audit = new AuditQueue();
  private file: DatabaseFile | null = null;
  /** What the file has not got yet. */
  private changes: Session;
  private isLoaded = false;
  private isClosed = false;
  private depth = 0;
  private problem: DiskTrouble | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly waiting: (() => void)[] = [];
  /** What follows the transaction that is under way. */
  private following: (() => void)[] = [];
  private readonly reloads: (() => void)[] = [];

  /** check: is given the rows of an earlier life once they are read. Throws only when another broker has the file. */
  constructor(path: string, check: (database: DatabaseSync) => void = () => {}) {
    this.path = path;
    this.check = check;
    this.changes = this.database.createSession();
    this.tryAgain();
  }

  /** Why nothing can be written, or soon not; null: all is written. */
  get trouble(): DiskTrouble | null {
    return this.problem ?? lookAtDisk(dirname(this.path));
  }

  /** The broker ends: what it was about to do is the next one's. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** A statement that changes rows. */
  prepareWrite(sql: string): (...values: Value[]) => void {
    const statement = this.database.prepare(sql);
    return (...values) => {
      statement.run(...values);
      this.changed();
    };
  }

  /** All that `work` changes is written together. */
  transact<T>(work: () => T): T {
    if (this.depth > 0) return work();
    const result = this.inMemory(work);
    this.changed();
    this.follow();
    return result;
  }

  /** As transact, for what must not be without its record: throws 'disk' when it cannot be written, and undoes it. */
  transactOnDisk<T>(work: () => T): T {
    if (this.depth > 0) throw new Error('a transaction in another cannot be undone alone');
    this.requireWritable();
    const result = this.inMemory(() => {
      const done = work();
      if (!this.flush()) throw diskRefusal(this.problem!);
      return done;
    });
    this.follow();
    return result;
  }

  /** Calls `done` after the transaction under way, if it goes through; at once where there is none. */
  after(done: () => void): void {
    if (this.depth > 0) this.following.push(done);
    else done();
  }

  /** Calls `read` whenever rows have changed by other ways than prepareWrite: read from a file, or undone. */
  whenReloaded(read: () => void): void {
    this.reloads.push(read);
  }

  /** Throws 'disk' while nothing can be written, after another try. */
  requireWritable(): void {
    if (this.trouble !== null && !this.flush(true)) throw diskRefusal(this.problem!);
  }

  addAudit(row: AuditRow): void {
    this.audit.add(row);
    this.changed();
  }

  /** Forgets audit rows from before (Unix ms), some at each call: it is called again and again. */
  pruneAudit(before: number): void {
    if (this.file === null || this.problem !== null) return;
    try {
      pruneAudit(this.file.database, before);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Calls `done` when all that was changed until now is on the disk. */
  whenWritten(done: () => void): void {
    if (this.problem === null) done();
    else this.waiting.push(done);
  }

  /** A file that cannot be used is renamed, and a new one begun with what memory has. Returns its new name. */
  setAside(): string {
    if (this.problem === null || !ASIDE.includes(this.problem.kind)) {
      const { path, problem } = this;
      throw new ProblemError(
        'bad-request',
        `set aside '${path}'`,
        problem?.text ?? `'${path}' is good: nothing was done.`,
      );
    }
    const aside = `${this.path}.aside-${new Date().toISOString().replaceAll(':', '')}`;
    this.file?.close();
    this.file = null;
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(this.path + end)) renameSync(this.path + end, aside + end);
    }
    log.warning('database-set-aside', { path: this.path, aside });
    this.isLoaded = true;
    this.flush();
    return aside;
  }

  /** Is the file still where it was? Called now and then. */
  look(): void {
    if (this.file === null || this.file.isInPlace()) return;
    log.warning('database-moved', { path: this.path });
    this.file.close();
    this.file = null;
    this.tryAgain();
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.problem !== null) this.flush();
    this.file?.close();
    this.database.close();
  }

  private inMemory<T>(work: () => T): T {
    const mark = this.audit.mark();
    this.depth++;
    try {
      return transact(this.database, work);
    } catch (error) {
      this.audit.dropSince(mark);
      this.following = [];
      for (const read of this.reloads) read();
      throw error;
    } finally {
      this.depth--;
    }
  }

  private follow(): void {
    for (const done of this.following.splice(0)) done();
  }

  private changed(): void {
    // After a failure the next try is the timer's: writes come faster than room.
    if (this.depth === 0 && this.problem === null) this.flush();
  }

  private tryAgain(): void {
    this.timer = null;
    this.flush();
  }

  /** False: it is not written, and will be tried again. probe: even if there is nothing to write. */
  private flush(probe = this.problem !== null): boolean {
    try {
      const isNew = this.file === null;
      const file = this.file ?? this.open();
      this.file = file;
      const { database } = file;
      const changes = this.changes.changeset();
      if (changes.length > 0 || !this.audit.isEmpty || probe || isNew) {
        transact(database, () => {
          if (probe || isNew) file.probe();
          writeChanges(database, changes);
          this.audit.write(database);
        });
      }
      if (isNew) file.settle();
    } catch (error) {
      if (error instanceof AnotherBroker) throw error;
      this.fail(error);
      return false;
    }
    this.settle();
    return true;
  }

  private fail(error: unknown): void {
    const trouble = troubleOf(this.path, error);
    if (trouble.kind !== this.problem?.kind) log.error('disk-trouble', { ...trouble });
    this.problem = trouble;
    if (!this.isLoaded && this.file === null) this.loadUnwritable();
    const pause = trouble.kind === 'damaged' ? RARE_RETRY_MS : RETRY_MS;
    this.timer ??= setTimeout(() => this.tryAgain(), pause).unref();
  }

  private settle(): void {
    this.audit.clear();
    this.restartChanges();
    if (this.problem === null) return;
    log.info('disk-trouble-over', { path: this.path });
    this.problem = null;
    for (const done of this.waiting.splice(0)) done();
  }

  /** The file, with all that memory has. */
  private open(): DatabaseFile {
    const file = new DatabaseFile(this.path);
    try {
      const isBehind = this.isLoaded || this.changes.changeset().length > 0;
      if (!this.isLoaded) this.load(file.database);
      if (isBehind) {
        transact(file.database, () => replaceRows(this.database, file.database));
        this.restartChanges();
      }
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** So that a restart on a full disk knows who is signed in. */
  private loadUnwritable(): void {
    readUnwritable(this.path, (database) => this.load(database));
  }

  /** What check() changes is the first that is written. */
  private load(from: DatabaseSync): void {
    transact(this.database, () => copyRows(from, this.database));
    this.isLoaded = true;
    this.restartChanges();
    this.check(this.database);
    for (const read of this.reloads) read();
  }

  private restartChanges(): void {
    this.changes.close();
    this.changes = this.database.createSession();
  }
}
