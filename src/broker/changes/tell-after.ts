import { inBackground } from '../../lib/in-background.ts';
import type { Broker } from '../state/context.ts';

/** Calls `tell` only after the change is committed. written: the return value of a store's write(). */
export function tellAfter(
  { store }: Broker,
  written: void | Promise<void>,
  tell: () => void,
): void {
  if (written instanceof Promise) inBackground('write', written.then(tell));
  else store.after(tell);
}
