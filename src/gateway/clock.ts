/** Time as the gateway needs it; tests put their own in. */
export interface Clock {
  /** Milliseconds for durations: never set back. */
  readonly monotonic: () => number;
  /** Unix ms, to compare with times of other processes. */
  readonly wall: () => number;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};
