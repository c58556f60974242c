/** Time as the gateway needs it; tests put their own in. */
export interface Clock {
  /** Milliseconds for durations: never set back. */
  readonly monotonic: () => number;
  /** Unix ms, for the key of a leader that has just made it: no lifetime runs by it. */
  readonly wall: () => number;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};
