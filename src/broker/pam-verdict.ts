/** What a leader's failure says about the account: whether anybody judged it at all. */
import { LEADER_STAGES } from '../protocol/broker-leader.ts';

export interface LeaderFailure {
  readonly stage: number;
  /** As PAM returned it (pam(3)). */
  readonly code: number;
}

/**
 * PAM_OPEN_ERR, PAM_SYMBOL_ERR, PAM_SERVICE_ERR, PAM_SYSTEM_ERR, PAM_BUF_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR,
 * PAM_ABORT, PAM_MODULE_UNKNOWN: the machine's fault, or nobody answered; nobody was judged.
 */
const NO_VERDICT: readonly number[] = [1, 2, 3, 4, 5, 9, 19, 26, 28];
const JUDGING: readonly string[] = ['policy', 'grant', 'account', 'password', 'user'];

export function isMachineFault(code: number): boolean {
  return NO_VERDICT.includes(code);
}

/** The account may not be used here: disabled, expired, not in the group, not the one that signed in. */
export function isVerdict({ stage, code }: LeaderFailure): boolean {
  return JUDGING.includes(LEADER_STAGES[stage] ?? '') && !isMachineFault(code);
}
