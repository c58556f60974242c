/** The broker's database, for root to look into, or to change under the next broker: the one that runs reads its memory. */
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { listProcesses } from './processes.ts';
import { askBroker, until } from './product.ts';

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

/** kill -9 of the broker: the next one finds what `change` did. Returns when it serves. */
export async function changeDatabase(change: (database: DatabaseSync) => unknown): Promise<void> {
  const brokers = () =>
    listProcesses().filter(({ argv }) => argv.at(-1)?.endsWith('/dist/broker.js'));
  const [broker] = brokers();
  // Between the two it writes nothing.
  process.kill(broker!.pid, 'SIGSTOP');
  withDatabase(change);
  process.kill(broker!.pid, 'SIGKILL');
  await until(() => brokers().some(({ pid }) => pid !== broker!.pid), 'another broker', 30);
  while (!(await askBroker('status', {})).gatewayConnected);
}
