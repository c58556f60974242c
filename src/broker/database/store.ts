/**
 * The rows of the broker: an SQLite database in memory, and its copy on the disk. A change is on the disk when the call
 * that made it returns. If it cannot be written it stays in memory, and writing is tried again until it succeeds. Live
 * sessions are read from Maps of these rows (rows/live-rows.ts).
 */
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../lib/log.ts';
import { ProblemError } from '../base/problem.ts';
import { AuditQueue, type AuditRow, pruneAudit } from './audit-queue.ts';
import { copyRows, openMemory, replaceRows } from './copy-rows.ts';
import { type DiskTrouble, lookAtDisk, type TroubleKind, troubleOf } from './disk-trouble.ts';
import { AnotherBroker, DatabaseFile, readUnwritable } from './open-file.ts';
import { diskRefusal } from './refuse.ts';
import { transact } from './transact.ts';
import { type Value, WriteQueue } from './write-queue.ts';

const RETRY_MS = 1_000;
/** For a damaged file: it does not repair itself, and each try reads it completely. */
const RARE_RETRY_MS = 30_000;
/** With these troubles root may set the file aside. */
const ASIDE: readonly TroubleKind[] = ['damaged', 'incomplete', 'refused', 'newer'];

export class Store {
  /** The database in memory, for reading. */
  readonly database: DatabaseSync = openMemory();
  private readonly path: string;
  private readonly check: (database: DatabaseSync) => void;
  private readonly audit = new AuditQueue();
  private readonly writes = new WriteQueue();
  private file: DatabaseFile | null = null;
  /** The file lacks more than `writes` has: the next flush replaces all of its rows. */
  private isBehind = false;
  private isLoaded = false;
  private isClosed = false;
  private depth = 0;
  private problem: DiskTrouble | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly waiting: (() => void)[] = [];
  /** The callbacks of after(), until the current transaction is committed. */
  private following: (() => void)[] = [];
  private readonly reloads: (() => void)[] = [];

  /** check: called after the rows of an earlier broker were loaded. Throws only if another broker uses the file. */
  constructor(path: string, check: (database: DatabaseSync) => void = () => {}) {
    this.path = path;
    this.check = check;
    this.tryAgain();
  }

  /** Why changes cannot be written, or soon cannot be; null: everything is written. */
  get trouble(): DiskTrouble | null {
    return this.problem ?? lookAtDisk(dirname(this.path));
  }

  /** The broker is exiting: work that has not begun is left to the next broker. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** A statement that changes rows. */
  prepareWrite(sql: string): (...values: Value[]) => void {
    const statement = this.database.prepare(sql);
    return (...values) => {
      statement.run(...values);
      this.writes.add({ sql, values });
      this.changed();
    };
  }

  /** Writes all changes of `work` in one transaction. */
  transact<T>(work: () => T): T {
    if (this.depth > 0) return work();
    const result = this.inMemory(work);
    this.changed();
    this.follow();
    return result;
  }

  /** Like transact, for actions that must be recorded on the disk: otherwise it rolls back and throws 'disk'. */
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

  /** Calls `done` when the current transaction is committed; at once if there is none. */
  after(done: () => void): void {
    if (this.depth > 0) this.following.push(done);
    else done();
  }

  /** Calls `read` when rows have changed without prepareWrite(): loaded from the file, or rolled back. */
  whenReloaded(read: () => void): void {
    this.reloads.push(read);
  }

  /** Throws 'disk' if changes cannot be written; tries once more before. */
  requireWritable(): void {
    if (this.trouble !== null && !this.flush(true)) throw diskRefusal(this.problem!);
  }

  addAudit(row: AuditRow): void {
    this.audit.add(row);
    this.changed();
  }

  /** Deletes audit rows from before this time (Unix ms). It is called regularly, and deletes only some at each call. */
  pruneAudit(before: number): void {
    if (this.file === null || this.problem !== null) return;
    try {
      pruneAudit(this.file.database, before);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Calls `done` when all changes so far are on the disk. */
  whenWritten(done: () => void): void {
    if (this.problem === null) done();
    else this.waiting.push(done);
  }

  /** Renames an unusable file and creates a new one from the rows in memory. Returns the new name of the old file. */
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

  /** Creates the file again if it was moved away. Called regularly. */
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
    const marks = [this.audit.mark(), this.writes.mark()] as const;
    this.depth++;
    try {
      return transact(this.database, work);
    } catch (error) {
      this.audit.dropSince(marks[0]);
      this.writes.dropSince(marks[1]);
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
    // After a failure only the timer tries again: changes are far more frequent than the end of a trouble.
    if (this.depth === 0 && this.problem === null) this.flush();
  }

  private tryAgain(): void {
    this.timer = null;
    this.flush();
  }

  /** False: writing failed and will be tried again. probe: write even if there are no changes. */
  private flush(probe = this.problem !== null): boolean {
    try {
      const isNew = this.file === null;
      const file = this.file ?? this.open();
      this.file = file;
      if (!this.isWritten || probe || isNew) this.write(file, probe || isNew);
      if (isNew) file.settle();
    } catch (error) {
      if (error instanceof AnotherBroker) throw error;
      this.fail(error);
      return false;
    }
    this.settle();
    return true;
  }

  private get isWritten(): boolean {
    return this.writes.isEmpty && this.audit.isEmpty && !this.isBehind;
  }

  private write(file: DatabaseFile, probe: boolean): void {
    transact(file.database, () => {
      if (probe) file.probe();
      if (this.isBehind) replaceRows(this.database, file.database);
      else this.writes.write(file);
      this.audit.write(file);
    });
  }

  private fail(error: unknown): void {
    const trouble = troubleOf(this.path, error);
    if (trouble.kind !== this.problem?.kind) log.error('disk-trouble', { ...trouble });
    this.problem = trouble;
    // They would grow without a limit while the trouble lasts.
    this.isBehind = true;
    this.writes.clear();
    if (!this.isLoaded && this.file === null) this.loadUnwritable();
    const pause = trouble.kind === 'damaged' ? RARE_RETRY_MS : RETRY_MS;
    this.timer ??= setTimeout(() => this.tryAgain(), pause).unref();
  }

  private settle(): void {
    this.audit.clear();
    this.writes.clear();
    this.isBehind = false;
    if (this.problem === null) return;
    log.info('disk-trouble-over', { path: this.path });
    this.problem = null;
    for (const done of this.waiting.splice(0)) done();
  }

  /** A file that is opened later than the first can be another one. */
  private open(): DatabaseFile {
    const file = new DatabaseFile(this.path);
    try {
      if (this.isLoaded) this.isBehind = true;
      else this.load(file.database);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** With it a broker that restarts on a full disk still knows who is signed in. */
  private loadUnwritable(): void {
    readUnwritable(this.path, (database) => this.load(database));
  }

  private load(from: DatabaseSync): void {
    transact(this.database, () => copyRows(from, this.database));
    this.isLoaded = true;
    const before = this.countChanges();
    this.check(this.database);
    if (this.countChanges() !== before) this.isBehind = true;
    for (const read of this.reloads) read();
  }

  private countChanges(): unknown {
    return this.database.prepare('SELECT total_changes() AS n').get()?.n;
  }
}
