/** What sessions and PAM sessions have in common: a table whose rows end, with the live rows also in memory. */
import type { SQLOutputValue } from 'node:sqlite';
import type { Store } from '../database/store.ts';
import { type LiveRow, LiveRows } from './live-rows.ts';
import { type Value, writeRow } from './write-row.ts';

export type Columns = Record<string, SQLOutputValue>;

export interface LiveTable<R extends LiveRow> {
  readonly live: LiveRows<R>;
  /** Memory has the row when this returns. If it returns a promise, the change is announced after that. */
  readonly write: (row: R) => void | Promise<void>;
  readonly find: (id: R['id']) => R | undefined;
  /** Live rows and those that ended after `since`: at most `limit` rows that come after the row `after`. */
  readonly listPage: (since: number, after: R['id'] | null, limit: number) => R[];
  /** Deletes rows that ended before. */
  readonly prune: (before: number) => void;
  /** Moves all times by `by` ms, because the clock was set. */
  readonly moveTimes: (by: number) => void;
}

export interface TableShape<R extends LiveRow> {
  readonly name: string;
  /** In the order of toColumns; the first is the key. */
  readonly columns: readonly string[];
  readonly toColumns: (row: R) => Value[];
  readonly toRow: (columns: Columns) => R;
}

export function openLiveTable<R extends LiveRow>(
  store: Store,
  { name, columns, toColumns, toRow }: TableShape<R>,
): LiveTable<R> {
  const { database } = store;
  const live = new LiveRows<R>();
  const put = writeRow(store, name, columns);
  const allLive = database.prepare(
    `SELECT * FROM ${name} WHERE ended IS NULL ORDER BY started, rowid`,
  );
  const byId = database.prepare(`SELECT * FROM ${name} WHERE id = ?`);
  const page = database.prepare(
    `SELECT * FROM ${name} WHERE (ended IS NULL OR ended > ?1)
     AND (?2 IS NULL OR (started, id) > (SELECT started, id FROM ${name} WHERE id = ?2)) ORDER BY started, id LIMIT ?3`,
  );
  const move = store.prepareWrite(`UPDATE ${name} SET started = started + ?1, ended = ended + ?1`);
  const read = (): void => live.replace(allLive.all().map(toRow));
  store.whenReloaded(read);
  read();
  return {
    live,
    write: (row) => {
      live.put(row);
      put(toColumns(row));
    },
    find: (id) => live.get(id) ?? byId.all(id).map(toRow)[0],
    listPage: (since, after, limit) => page.all(since, after, limit).map(toRow),
    prune: store.prepareWrite(`DELETE FROM ${name} WHERE ended <= ?`),
    moveTimes: (by) => {
      move(by);
      read();
    },
  };
}
