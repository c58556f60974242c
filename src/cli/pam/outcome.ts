/** The result of one call of PAM, and what happened during the call. */

/** The severities of syslog(3), by number. */
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
  /** null: the line does not have the format of syslog(3). */
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
  /** As in pam(3): PAM_AUTH_ERR. */
  readonly name: string;
  /** From pam_strerror(3). */
  readonly text: string;
  /** Without the time that the user took to answer. */
  readonly microseconds: number;
  readonly texts: readonly Said[];
  readonly syslog: readonly LoggedLine[];
}
export type Event =
  | { readonly kind: 'calling'; readonly operation: string }
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'logged'; readonly logged: LoggedLine }
  | { readonly kind: 'returned'; readonly outcome: Outcome };
