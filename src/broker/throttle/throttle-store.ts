/**
 * Stores the counts of the throttle, so that a crash of the broker does not give attackers new guesses. In memory they
 * have monotonic times, which are valid in one process only; in the table they have Unix ms.
 */
import type { Store } from '../database/store.ts';

/** When (monotonic) the last failure or sign-in was recorded, and how many failures there were then. */
export interface Count {
  readonly at: number;
  readonly level: number;
}
export type ListName = 'pair' | 'address' | 'user' | 'known';
export interface ThrottleStore {
  /** Of one list, the oldest first. */
  readonly load: (list: ListName) => Map<string, Count>;
  readonly keep: (list: ListName, key: string, count: Count) => void;
  readonly drop: (list: ListName, key: string) => void;
  /** Writes the changes of `work` in one transaction. */
  readonly together: (work: () => void) => void;
}

export function openThrottleStore(
  store: Store,
  now: () => number,
  monotonic: () => number,
): ThrottleStore {
  const select = store.database.prepare(
    'SELECT key, at, level FROM throttle WHERE list = ? ORDER BY at',
  );
  const insert = store.prepareWrite('INSERT OR REPLACE INTO throttle VALUES (?, ?, ?, ?)');
  const remove = store.prepareWrite('DELETE FROM throttle WHERE list = ? AND key = ?');
  return {
    load: (list) => {
      const rows = select.all(list) as unknown as (Count & { readonly key: string })[];
      // If the clock was set back, `at` may be in the future, which must not make a lock longer.
      const age = (at: number) => Math.max(0, now() - at);
      return new Map(rows.map(({ key, at, level }) => [key, { at: monotonic() - age(at), level }]));
    },
    keep: (list, key, { at, level }) => {
      insert(list, key, Math.round(now() - (monotonic() - at)), level);
    },
    drop: (list, key) => {
      remove(list, key);
    },
    together: (work) => store.transact(work),
  };
}
