import { inBackground } from '../../lib/in-background.ts';
import type { Broker } from '../state/context.ts';

/** Nothing is announced before it is written, or kept to be. written: what a store's write() returned. */
export function tellAfter(
  { store }: Broker,
  written: void | Promise<void>,
  tell: () => void,
): void {
  if (written instanceof Promise) inBackground('write', written.then(tell));
  else store.after(tell);
}
