/** A finding of a check of the machine. Problems in the text of the configuration are in parse.ts. */
import { type Problem, problemText } from './load.ts';

export interface Finding {
  /** error: the server should not start, or nobody can sign in. */
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** null: the file does not exist. */
  readonly line: number | null;
  readonly text: string;
}

/** One line for people. */
export function findingLine({ level, text, ...place }: Finding): string {
  return `${placeOf(place)}: ${level}: ${text}`;
}

/** A problem of the text is always an error. */
export function errorLine(problem: Problem): string {
  return findingLine({ ...problem, level: 'error', text: problemText(problem) });
}

export function placeOf({ file, line }: Pick<Finding, 'file' | 'line'>): string {
  return line === null ? file : `${file}:${line}`;
}
