import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOff } from './back-off.ts';

test('doubles up to ten seconds', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => backOff(attempt, () => 1));
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('is spread over the upper half', () => {
  assert.equal(
    backOff(2, () => 0),
    500,
  );
});
