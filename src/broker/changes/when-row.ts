import type { AnyRow, Broker } from '../state/context.ts';

/** Resolves with the row as soon as it fits; rejects when `signal` aborts. */
export function whenRow<R extends AnyRow>(
  broker: Broker,
  row: R,
  fits: (row: R) => boolean,
  signal?: AbortSignal,
): Promise<R> {
  if (fits(row)) return Promise.resolve(row);
  return new Promise((resolve, reject) => {
    const stop = () => {
      broker.changes.off(row.id, look);
      signal?.removeEventListener('abort', give);
    };
    // No id is used in both tables, so the changed row has the type of `row`.
    const look = (changed: AnyRow) => {
      if (!fits(changed as R)) return;
      stop();
      resolve(changed as R);
    };
    const give = () => {
      stop();
      reject(signal?.reason);
    };
    broker.changes.on(row.id, look);
    signal?.addEventListener('abort', give);
  });
}
