/** What a command and the process that reads files for it (read-files.ts) have in common, without what it takes to read. */
import type { READINGS } from './readings.ts';

/** The argument that makes the command line such a process. */
export const READER = '--answer-reading';

export type Readings = typeof READINGS;
export type ReadingName = keyof Readings;
/** One a line. */
export type Told =
  | { readonly reading: string }
  | { readonly answer: unknown }
  | { readonly refusal: string; readonly status: number }
  | { readonly failure: string };
