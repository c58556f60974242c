/** Shared by a command and the process that reads files for it (read-files.ts). Imports no code for reading. */
import type { READINGS } from './readings.ts';

/** With this argument the command line becomes such a process. */
export const READER = '--answer-reading';

export type Readings = typeof READINGS;
export type ReadingName = keyof Readings;
/** A message of the reader: one on each line. */
export type Told =
  | { readonly reading: string }
  | { readonly answer: unknown }
  | { readonly refusal: string; readonly status: number }
  | { readonly failure: string };
