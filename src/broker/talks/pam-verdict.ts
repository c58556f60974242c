/** What a leader's failure says about the account: whether anybody judged it at all. */
import { LEADER_STAGES } from '../../protocol/broker-leader.ts';

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
const PAM_CRED_EXPIRED = 16;
const JUDGING: readonly string[] = ['policy', 'grant', 'account', 'password', 'user'];

/**
 * PAM_OPEN_ERR, PAM_SYMBOL_ERR, PAM_BUF_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR, PAM_MODULE_UNKNOWN. The others are also
 * how a module says no: pam_exec, whatever its program found, has only PAM_SYSTEM_ERR.
 */
const SURELY_NO_VERDICT: readonly number[] = [1, 2, 5, 9, 19, 28];

export function isSurelyNoVerdict(code: number): boolean {
  return SURELY_NO_VERDICT.includes(code);
}

export function isMachineFault(code: number): boolean {
  return NO_VERDICT.includes(code);
}

/** The account may not be used here: disabled, expired, not in the group, not the one that signed in. */
export function isVerdict(failure: LeaderFailure): boolean {
  const isJudged = JUDGING.includes(stageOf(failure)) && !isMachineFault(failure.code);
  return isJudged && !isClockFault(failure);
}

/** The grant is theirs, but of another time, while their ticket lives: the clock of the machine was set. */
export function isClockFault(failure: LeaderFailure): boolean {
  return stageOf(failure) === 'grant' && failure.code === PAM_CRED_EXPIRED;
}

export function stageOf({ stage }: Pick<LeaderFailure, 'stage'>): string {
  return LEADER_STAGES[stage] ?? `stage ${stage}`;
}
