/** Failures are answered on one grid of time, so that how long PAM took to say no says nothing about why. */
import type { Clock } from '../base/clock.ts';

/** Longer than the 1 to 3 s that pam_fail_delay(3) makes of its usual 2 s. */
export const GRID_MS = 3000;

/** Waits for the next multiple of GRID_MS after `began` (monotonic). */
export function untilGrid(clock: Clock, began: number): Promise<void> {
  const passed = clock.monotonic() - began;
  return clock.wait(Math.max(1, Math.ceil(passed / GRID_MS)) * GRID_MS - passed);
}
