/** What came of one call of PAM, and what happened on the way. */

/** Of syslog(3), by their numbers. */
export const SEVERITIES = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

export interface LoggedLine {
  /** null: it was no line as syslog(3) writes it. */
  readonly severity: (typeof SEVERITIES)[number] | null;
  readonly text: string;
}

export interface Said {
  readonly style: 'info' | 'error';
  readonly text: string;
}
export interface Outcome {
  readonly operation: string;
  readonly code: number;
  /** As pam(3) has it: PAM_AUTH_ERR. */
  readonly name: string;
  /** As pam_strerror(3) has it. */
  readonly text: string;
  /** Without the time that a person took to answer. */
  readonly microseconds: number;
  readonly texts: readonly Said[];
  readonly syslog: readonly LoggedLine[];
}
export type Event =
  | { readonly kind: 'calling'; readonly operation: string }
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'logged'; readonly logged: LoggedLine }
  | { readonly kind: 'returned'; readonly outcome: Outcome };
