/** Audit rows that are not on the disk yet. Those on the disk are not kept in memory. */
import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../lib/log.ts';
import type { DatabaseFile } from './open-file.ts';

/** at: Unix ms. Then event, user, uid, address, session, problem, reference, detail. */
export type AuditRow = readonly [number, string, ...(string | number | null)[]];

/** How many rows wait while the disk cannot be written. Further rows are counted; only the log has them. */
const MOST = 10_000;
const INSERT = `INSERT INTO audit (at, event, user, uid, address, session, problem, reference, detail)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export class AuditQueue {
  private rows: AuditRow[] = [];
  private lost = 0;

  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  add(row: AuditRow): void {
    if (this.rows.length < MOST) this.rows.push(row);
    else this.lost++;
  }

  /** A position for dropSince(). */
  mark(): number {
    return this.rows.length;
  }

  /** Drops the rows since `mark`, because their transaction was rolled back. */
  dropSince(mark: number): void {
    this.rows.length = Math.min(this.rows.length, mark);
  }

  /** Writes in the transaction of the caller, which calls clear() after the commit. */
  write(file: DatabaseFile): void {
    if (this.rows.length === 0) return;
    const insert = file.prepare(INSERT);
    for (const row of this.rows) insert.run(...row);
    if (this.lost === 0) return;
    const detail = `${this.lost} rows`;
    insert.run(this.rows.at(-1)![0], 'audit-lost', null, null, null, null, null, null, detail);
  }

  clear(): void {
    if (this.lost > 0) log.warning('audit-lost', { rows: this.lost });
    this.rows = [];
    this.lost = 0;
  }
}

/** Rows of one call. It must not block the event loop for long. */
const PRUNED = 1_000;

/** Deletes the oldest rows from before this time (Unix ms). */
export function pruneAudit(database: DatabaseSync, before: number): void {
  const old = `SELECT number FROM audit WHERE at < ? ORDER BY at LIMIT ${PRUNED}`;
  database.prepare(`DELETE FROM audit WHERE number IN (${old})`).run(before);
}
