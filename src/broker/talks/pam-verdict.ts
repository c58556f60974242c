/** Whether a leader's failure is a verdict about the account, or an error that says nothing about it. */
import { LEADER_STAGES } from '../../protocol/broker-leader.ts';

export interface LeaderFailure {
  readonly stage: number;
  /** The return value of PAM (pam(3)). */
  readonly code: number;
}

/**
 * PAM_OPEN_ERR, PAM_SYMBOL_ERR, PAM_SERVICE_ERR, PAM_SYSTEM_ERR, PAM_BUF_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR,
 * PAM_ABORT, PAM_MODULE_UNKNOWN: a fault of the machine, or no answer; usually no verdict about the user.
 */
const NO_VERDICT: readonly number[] = [1, 2, 3, 4, 5, 9, 19, 26, 28];
const PAM_CRED_EXPIRED = 16;
const JUDGING: readonly string[] = ['policy', 'grant', 'account', 'password', 'user'];

/**
 * PAM_OPEN_ERR, PAM_SYMBOL_ERR, PAM_BUF_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR, PAM_MODULE_UNKNOWN. Modules return the
 * other codes also to refuse a user: pam_exec returns PAM_SYSTEM_ERR for every failure of its program.
 */
const SURELY_NO_VERDICT: readonly number[] = [1, 2, 5, 9, 19, 28];

export function isSurelyNoVerdict(code: number): boolean {
  return SURELY_NO_VERDICT.includes(code);
}

export function isMachineFault(code: number): boolean {
  return NO_VERDICT.includes(code);
}

/** The account may not be used here: disabled, expired, not in the group, or not the account that signed in. */
export function isVerdict(failure: LeaderFailure): boolean {
  const isJudged = JUDGING.includes(stageOf(failure)) && !isMachineFault(failure.code);
  return isJudged && !isClockFault(failure);
}

/** The grant is genuine and the ticket still valid, but by the clock the grant is not: the clock was set. */
export function isClockFault(failure: LeaderFailure): boolean {
  return stageOf(failure) === 'grant' && failure.code === PAM_CRED_EXPIRED;
}

export function stageOf({ stage }: Pick<LeaderFailure, 'stage'>): string {
  return LEADER_STAGES[stage] ?? `stage ${stage}`;
}
