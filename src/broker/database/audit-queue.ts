/** Audit rows on their way to the disk. They are not kept in memory once they are there. */
import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../lib/log.ts';

/** at: Unix ms. Then event, user, uid, address, session, problem, reference, detail. */
export type AuditRow = readonly [number, string, ...(string | number | null)[]];

/** While the disk is full. What comes after is counted, and stands in the log alone. */
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

  /** For dropSince(). */
  mark(): number {
    return this.rows.length;
  }

  /** What they told has been undone. */
  dropSince(mark: number): void {
    this.rows.length = Math.min(this.rows.length, mark);
  }

  /** In the caller's transaction; clear() when that is through. */
  write(database: DatabaseSync): void {
    if (this.rows.length === 0) return;
    const insert = database.prepare(INSERT);
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

/** So many at once hold nobody up. */
const PRUNED = 1_000;

/** before: Unix ms. The oldest first. */
export function pruneAudit(database: DatabaseSync, before: number): void {
  const old = `SELECT number FROM audit WHERE at < ? ORDER BY at LIMIT ${PRUNED}`;
  database.prepare(`DELETE FROM audit WHERE number IN (${old})`).run(before);
}
