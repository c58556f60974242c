/** Why a session did not start, for the person who waits for it: the leader's failure as one of our problems. */
import { PROBLEMS, type ProblemCode } from '../../protocol/problems.ts';
import { ProblemError } from '../base/problem.ts';
import { isClockFault, isVerdict, type LeaderFailure, stageOf } from '../talks/pam-verdict.ts';
import type { Outcome } from '../talks/start-talk.ts';

export interface StartFailure extends LeaderFailure {
  /** The leader's own words: for the log. */
  readonly text: string;
  /** What PAM's modules said to the person. */
  readonly words: readonly string[];
  /** The session profile, and what came of its last question; null: it asked nothing. */
  readonly profile: string;
  readonly outcome: Outcome | null;
  /** What is said of a program of its kind that does not answer; null: of the PAM session. */
  readonly silence: string | null;
}
const CLOCK_SET =
  'The clock of this server was set since you signed in. Sign out and in again to start sessions.';
const PAM_PERM_DENIED = 6;
const EAGAIN = 11;
const EMFILE = 24;
const ETIME = 62;
const ETIMEDOUT = 110;

export function explainFailure(failure: StartFailure): ProblemError {
  const { code, text, words } = failure;
  const problem = problemOf(failure);
  const said = words.map((line) => line.trim()).filter((line) => line !== '');
  const known = limitOf(failure) ?? silentOf(failure) ?? (isClockFault(failure) ? CLOCK_SET : null);
  const sentence = known ?? unansweredOf(failure) ?? PROBLEMS[problem].text;
  // Which program it is, and what is wrong with it: the shell of their account.
  if (problem === 'session-program') said.unshift(text);
  const detail = `${stageOf(failure)}: ${text} (${isOfProgram(failure) ? 'errno' : 'PAM'} ${code})`;
  return new ProblemError(problem, detail, [sentence, ...new Set(said)].join('\n'));
}

function unansweredOf(failure: StartFailure): string | null {
  const { profile, outcome } = failure;
  switch (outcome) {
    case null:
    case 'given':
      return null;
    case 'cancelled':
      return 'You did not answer what this machine asks for a session.';
    case 'late':
      return 'Nobody answered in time what this machine asks for a session.';
    case 'full':
      return 'Others of your sessions wait for your answers. Answer those first.';
    case 'absent':
      return stageOf(failure) === 'authenticate'
        ? `The session profile '${profile}' asks for a password, and nobody is there to type it: it needs 'auth sufficient pam_rootok.so' as its first auth line.`
        : `The session profile '${profile}' asks for something, and nobody was there to answer it.`;
  }
}

/** They were asked: by their answer, or as there was none, it failed. What a module set up after an answer is not theirs. */
function isOfPerson(failure: StartFailure): boolean {
  const { outcome } = failure;
  if (outcome === 'given') return stageOf(failure) === 'authenticate';
  return outcome !== null && outcome !== 'absent';
}

function problemOf(failure: StartFailure): ProblemCode {
  if (isVerdict(failure)) return 'session-account';
  if (isOfPerson(failure)) return 'session-question';
  switch (stageOf(failure)) {
    case 'authenticate':
      // Nobody is there to answer: a profile that does not let root in cannot work.
      return 'session-profile';
    case 'session':
      return failure.code === PAM_PERM_DENIED ? 'session-refused' : 'session-set-up';
    case 'credentials':
      return 'session-set-up';
    case 'spawn':
    case 'execute':
      if (silentOf(failure) !== null) return 'session-hangs';
      if (limitOf(failure) !== null) return 'session-refused';
      return stageOf(failure) === 'execute' ? 'session-program' : 'session-failed';
    default:
      return 'session-failed';
  }
}

/** Of these two the code is an errno: fork(2) says so at RLIMIT_NPROC, the leader when all its places are taken. */
function limitOf(failure: LeaderFailure): string | null {
  if (!isOfProgram(failure)) return null;
  const { code } = failure;
  if (code === EAGAIN) return 'You run as many processes as you are allowed to.';
  if (code === EMFILE) return 'As many of your sessions run here as one PAM session may have.';
  return null;
}

/** What did not answer within `session-start-timeout-seconds` (protocol/leader-host.ts). */
function silentOf(failure: StartFailure): string | null {
  if (!isOfProgram(failure)) return null;
  const { code } = failure;
  if (code === ETIMEDOUT) return 'Your home directory does not answer.';
  if (code === ETIME) return failure.silence;
  return null;
}

function isOfProgram(failure: LeaderFailure): boolean {
  return ['spawn', 'execute'].includes(stageOf(failure));
}
