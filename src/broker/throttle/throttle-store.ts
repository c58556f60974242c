/**
 * The counts of the throttle, kept over a restart: a broker that crashes must not give attackers fresh guesses. The
 * broker counts by a clock that starts anew with each of its lives, the table by the wall clock.
 */
import type { Store } from '../database/store.ts';

/** When (monotonic) a failure or sign-in was noted last, and how many failures there were then. */
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
  /** All that `work` notes, or nothing. */
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
      // A clock that was set back must not make locks of the future.
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
