/** One SQLite transaction round a piece of work. */
import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction: all of it is written, or nothing. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
