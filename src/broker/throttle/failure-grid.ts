/** Failures are answered only at multiples of GRID_MS, so that the time that PAM took does not reveal the reason. */
import type { Clock } from '../base/clock.ts';

/** Covers the delay of pam_fail_delay(3), which makes 1 to 3 s of the usual 2 s. */
export const GRID_MS = 3000;

/** Waits for the next multiple of GRID_MS after `began` (monotonic). */
export function untilGrid(clock: Clock, began: number): Promise<void> {
  const passed = clock.monotonic() - began;
  return clock.wait(Math.max(1, Math.ceil(passed / GRID_MS)) * GRID_MS - passed);
}
