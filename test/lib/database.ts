/** The broker's database, for root to look into or to change while the broker uses it. */
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';
import { PATHS } from '../../src/protocol/broker-leader.ts';

/** Waits for the broker's lock. Read only, what a killed broker wrote last is left to its successor to find. */
export function withDatabase<T>(
  use: (database: DatabaseSync) => T,
  options: Pick<DatabaseSyncOptions, 'readOnly'> = {},
): T {
  const database = new DatabaseSync(PATHS.database, { ...options, timeout: 5000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
}
