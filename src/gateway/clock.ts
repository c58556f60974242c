/**
 * The gateway's clock; tests replace it. Nothing depends on the wall clock, which may be set, and differ from the
 * broker's.
 */
export interface Clock {
  /** Milliseconds, for durations: it never goes backwards. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { monotonic: () => performance.now() };
