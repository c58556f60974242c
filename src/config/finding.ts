/** A finding of a check of the machine. Problems in the text of the configuration are in parse.ts. */
export interface Finding {
  /** error: the server should not start, or nobody can sign in. */
  readonly level: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** One line for people. */
export function findingLine({ level, file, line, text }: Finding): string {
  return `${file}:${line}: ${level}: ${text}`;
}
