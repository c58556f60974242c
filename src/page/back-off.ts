/**
 * How long to wait before the next attempt: doubles from 0.25 s to 10 s, with jitter so that pages do not return all at
 * once.
 */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(10_000, 250 * 2 ** Math.min(attempt, 10));
  return Math.round(longest * (0.5 + random() / 2));
}
