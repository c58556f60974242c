/** State of the repeated checks whether signed-in users may still sign in (tickets/recheck.ts). */

/** unknown: PAM gave no verdict, so nothing changes for the account. detail: for log and audit. */
export interface AccountVerdict {
  readonly kind: 'good' | 'refused' | 'unknown';
  readonly detail: string;
}
export interface AccountChecks {
  /** When each person was last checked (monotonic). */
  readonly asked: Map<string, number>;
  readonly underWay: Map<string, Promise<AccountVerdict['kind']>>;
  /** recheckDue() is running. */
  isRound: boolean;
}

export function makeAccountChecks(): AccountChecks {
  return { asked: new Map(), underWay: new Map(), isRound: false };
}
