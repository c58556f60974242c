/** Classifies a failed sign-in: the problem that the user is told, and whether it counts as a guess. */
import { saysDirectoryAway } from '../../config/directory-away.ts';
import type { PromptItem } from '../../protocol/page-gateway.ts';
import type { ProblemCode } from '../../protocol/problems.ts';
import type { Conversation, Outcome } from '../talks/conversation.ts';
import { isMachineFault, isSurelyNoVerdict, stageOf } from '../talks/pam-verdict.ts';
import type { Verdict } from '../throttle/throttle.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;

const PAM_PERM_DENIED = 6;
const BEFORE_PAM: readonly string[] = ['protocol', 'policy', 'start'];

export function problemCodeOf(profile: string, failed: Failed): ProblemCode {
  const { code } = failed.message;
  switch (stageOf(failed.message)) {
    case 'authenticate':
      return isMachineFault(code) || isDirectoryAway(profile, failed)
        ? 'sign-in-unavailable'
        : 'sign-in-failed';
    case 'policy':
    case 'account':
    case 'password':
    case 'user':
      return isMachineFault(code) ? 'sign-in-unavailable' : 'sign-in-refused';
    default:
      return 'sign-in-unavailable';
  }
}

/** Error texts of modules (account expired, nologin) say more than the code, which says nothing on Debian. */
export function shownErrors(items: readonly PromptItem[]): string | undefined {
  const texts = items.filter(({ style }) => style === 'error').map(({ text }) => text.trim());
  return [...new Set(texts)].filter((text) => text !== '').join('\n') || undefined;
}

/**
 * A failure of PAM after an answer counts as a guess, whatever its code; before an answer only if it is a refusal. A
 * guess that is cancelled while PAM works counts as wrong: a right password would have been accepted sooner.
 */
export function verdictOf(
  profile: string,
  { hasAnswered }: Pick<Conversation, 'hasAnswered'>,
  outcome: Outcome,
): Verdict {
  switch (outcome.kind) {
    case 'authenticated':
      return 'right';
    case 'failed':
      return verdictOfFailure(profile, hasAnswered, outcome);
    case 'lost':
      if (!hasAnswered) return 'none';
      return outcome.code === 'conversation-gone' ? 'wrong' : 'unjudged';
    case 'prompts':
      return 'none';
  }
}

function verdictOfFailure(profile: string, hasAnswered: boolean, failed: Failed): Verdict {
  const { code } = failed.message;
  const stage = stageOf(failed.message);
  // It was refused before PAM was called, but it counts, because it cost a process.
  if (!hasAnswered && BEFORE_PAM.includes(stage)) return 'unjudged';
  if (stage !== 'authenticate') return 'none';
  if (!hasAnswered && isMachineFault(code)) return 'none';
  const isUnjudged = isSurelyNoVerdict(code) || isDirectoryAway(profile, failed);
  return isUnjudged ? 'unjudged' : 'wrong';
}

function isDirectoryAway(profile: string, { message, items }: Failed): boolean {
  return (
    message.code === PAM_PERM_DENIED &&
    shownErrors(items) === undefined &&
    saysDirectoryAway(profile)
  );
}
