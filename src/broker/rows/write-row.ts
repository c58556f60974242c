/** Inserts or updates a whole row of a table. */
import type { Store } from '../database/store.ts';

export type Value = null | number | string;

/** columns: the first is the key. Returns a function that takes the values in the order of the columns. */
export function writeRow(
  store: Store,
  table: string,
  columns: readonly string[],
): (values: readonly Value[]) => void {
  const places = columns.map(() => '?').join(', ');
  const updates = columns.map((name) => `${name} = excluded.${name}`).join(', ');
  const write = store.prepareWrite(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})
     ON CONFLICT (${columns[0]}) DO UPDATE SET ${updates}`,
  );
  return (values) => write(...values);
}
