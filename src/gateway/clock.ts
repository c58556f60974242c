/** Time as the gateway needs it; tests put their own in. Nothing runs by the wall clock: the broker may have another. */
export interface Clock {
  /** Milliseconds for durations: never set back. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { monotonic: () => performance.now() };
