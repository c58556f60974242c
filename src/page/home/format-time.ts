/** Times in the reader's zone and language, with the day unless it is today. */
export function formatTime(at: number, now: number): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(
    undefined,
    today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  ).format(at);
}

/** In UTC, to compare with logs. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const STEPS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** How long ago: 'now' within a minute. */
export function formatAge(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  const [size, unit] = STEPS.find(([size]) => seconds >= size) ?? [Infinity, 'second' as const];
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(
    -Math.floor(seconds / size),
    unit,
  );
}
