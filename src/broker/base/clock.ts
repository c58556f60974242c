/** A monotonic clock, and waiting by it. Tests replace it. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** ms */
  readonly monotonic: () => number;
  /** Does not keep the process alive. */
  readonly wait: (ms: number) => Promise<void>;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wait: (ms) => delay(ms, undefined, { ref: false }),
};
