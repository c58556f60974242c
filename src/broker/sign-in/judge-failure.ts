/** What a sign-in that came to nothing means: the problem that its person is told, and whether it was a guess. */
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

/** A module's own words (account expired, nologin) say more than the code does; on Debian the code says nothing. */
export function shownErrors(items: readonly PromptItem[]): string | undefined {
  const texts = items.filter(({ style }) => style === 'error').map(({ text }) => text.trim());
  return [...new Set(texts)].filter((text) => text !== '').join('\n') || undefined;
}

/**
 * What PAM refused after an answer was a guess, whatever reason it gave; before one only if it says so. A guess that was
 * taken back before its answer counts as wrong: a right one would have been answered sooner.
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
  // Refused before PAM heard of it: it cost a process all the same.
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
