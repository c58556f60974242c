/** A time in the reader's zone; in UTC while the pointer or the keyboard's focus is on it. */
import type { ReactElement } from 'react';
import { useNow } from './clock.tsx';
import { formatAge, formatTime, formatUtc } from './format-time.ts';

const EVERY_MS = 20_000;

export interface TimeProps {
  readonly at: number;
  /** Show how long ago it was. */
  readonly age?: boolean;
}

export function Time({ at, age = false }: TimeProps): ReactElement {
  const now = useNow(EVERY_MS);
  return (
    <time
      dateTime={new Date(at).toISOString()}
      data-utc={formatUtc(at)}
      aria-description={formatUtc(at)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard finds what the mouse finds
      tabIndex={0}
    >
      {age ? formatAge(at, now) : formatTime(at, now)}
    </time>
  );
}
