/** Durations as the broker needs them: a clock that is never set back, and waiting by it. Tests put their own in. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** ms */
  readonly monotonic: () => number;
  /** Keeps no process alive. */
  readonly wait: (ms: number) => Promise<void>;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wait: (ms) => delay(ms, undefined, { ref: false }),
};
