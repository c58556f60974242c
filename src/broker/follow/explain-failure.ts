/** Explains to the user who waits why a session did not start: turns the leader's failure into a problem. */
import { PROBLEMS, type ProblemCode } from '../../protocol/problems.ts';
import { ProblemError } from '../base/problem.ts';
import { isClockFault, isVerdict, type LeaderFailure, stageOf } from '../talks/pam-verdict.ts';
import type { Outcome } from '../talks/start-talk.ts';

export interface StartFailure extends LeaderFailure {
  /** The message of the leader: for the log, and for the user if a program could not be executed. */
  readonly text: string;
  /** Error texts of PAM modules. */
  readonly words: readonly string[];
  /** The session profile, and the result of its last question; null: it asked nothing. */
  readonly profile: string;
  readonly outcome: Outcome | null;
  /** The sentence for a program of this kind that does not answer; null: the PAM session failed, not a program. */
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
  // The leader's message names the program, which is the shell of the account, and says what is wrong with it.
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
      return 'You did not answer the question that this machine asks before it opens a session.';
    case 'late':
      return 'Nobody answered in time the question that this machine asks before it opens a session.';
    case 'full':
      return 'Others of your sessions wait for your answers. Answer those first.';
    case 'absent':
      return stageOf(failure) === 'authenticate'
        ? `The session profile '${profile}' asks for a password, and nobody is there to type it: it needs 'auth sufficient pam_rootok.so' as its first auth line.`
        : `The session profile '${profile}' asks for something, and nobody was there to answer it.`;
  }
}

/** Whether it failed because of the user's answer (only in auth), or because the user gave none. */
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
      // Often nobody is there to answer, so a session profile must let root in without a question.
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

/** If a program failed the code is an errno: EAGAIN of fork(2) at RLIMIT_NPROC, EMFILE of a leader that is full. */
function limitOf(failure: LeaderFailure): string | null {
  if (!isOfProgram(failure)) return null;
  const { code } = failure;
  if (code === EAGAIN) return 'You run as many processes as you are allowed to.';
  if (code === EMFILE) return 'You have as many sessions here as one PAM session may have.';
  return null;
}

/** A sentence if something did not answer within `session-start-timeout-seconds` (protocol/leader-host.ts). */
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
