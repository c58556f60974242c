/** Writes a whole row of a table, new or changed. */
import type { Store } from '../database/store.ts';

export type Value = null | number | string;

/** columns: the first is the key. Returns what takes the values in their order. */
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
