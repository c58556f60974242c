/** Copies rows between the database in memory and the file. The audit is only in the file. */
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';

/** In this order because of foreign keys: a table comes after the tables that it refers to. */
const TABLES = ['tickets', 'pam_sessions', 'sessions', 'passes', 'throttle'] as const;

export function openMemory(): DatabaseSync {
  const memory = new DatabaseSync(':memory:');
  migrate(memory, ':memory:');
  memory.exec('PRAGMA foreign_keys = ON');
  return memory;
}

/** Copies the rows that `to` does not have yet. */
export function copyRows(from: DatabaseSync, to: DatabaseSync): void {
  for (const table of TABLES) {
    const rows = from.prepare(`SELECT * FROM ${table}`).all();
    if (rows.length === 0) continue;
    const columns = Object.keys(rows[0]!);
    const places = columns.map(() => '?').join(', ');
    const insert = to.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
    );
    for (const row of rows) insert.run(...Object.values(row));
  }
}

export function replaceRows(from: DatabaseSync, to: DatabaseSync): void {
  for (const table of TABLES.toReversed()) to.exec(`DELETE FROM ${table}`);
  copyRows(from, to);
}
