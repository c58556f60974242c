/** What the broker remembers of asking PAM again about those who are signed in. */

/** unknown: nobody judged the account, so it stays as it is. detail: for log and audit. */
export interface AccountVerdict {
  readonly kind: 'good' | 'refused' | 'unknown';
  readonly detail: string;
}
export interface AccountChecks {
  /** When PAM was asked about each person last (monotonic). */
  readonly asked: Map<string, number>;
  readonly underWay: Map<string, Promise<AccountVerdict['kind']>>;
  /** A round over everybody is under way. */
  isRound: boolean;
}

export function makeAccountChecks(): AccountChecks {
  return { asked: new Map(), underWay: new Map(), isRound: false };
}
