import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilGrid } from './failure-grid.ts';

test('a failure is told at the next multiple of 3 s after PAM began', async () => {
  const waits: number[] = [];
  const clock = {
    now: 1000.5,
    monotonic: () => clock.now,
    wait: async (ms: number) => void waits.push(ms),
  };
  for (const passed of [0, 0.25, 1600, 2999, 3000, 3001, 7000]) {
    clock.now = 1000.5 + passed;
    await untilGrid(clock, 1000.5);
  }
  assert.deepEqual(waits, [3000, 2999.75, 1400, 1, 0, 2999, 2000]);
});
