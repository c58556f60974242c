/** A moment in the reader's zone; in UTC for who points at it. */
import type { ReactElement } from 'react';
import { formatTime, formatUtc } from './format-time.ts';

export function Time({ at }: { at: number }): ReactElement {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatUtc(at)}>
      {formatTime(at, Date.now())}
    </time>
  );
}
