/** A refusal on its way to the one who asked: code and public text for them, the private detail for log and audit. */
import { makeReference } from '../../lib/log.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../protocol/problems.ts';

/** Characters: a problem stands in rows and lists. */
const LONGEST = 2000;

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  /** Never leaves this process but into the log and the audit. */
  readonly detail: string;
  /** The audit has it, and so has the log. */
  audited = false;

  constructor(
    code: ProblemCode,
    detail: string,
    text: string = PROBLEMS[code].text,
    retryAfter?: number,
  ) {
    super(`${code}: ${detail}`);
    const reference = makeReference();
    this.problem = {
      code,
      text: text.slice(0, LONGEST),
      reference,
      ...(retryAfter && { retryAfter }),
    };
    this.detail = detail;
  }

  /** A problem that was there before and has its log line, met again. */
  static again(problem: Problem, detail: string): ProblemError {
    const error = new ProblemError(problem.code, detail, problem.text);
    return Object.assign(error, { problem });
  }
}

/** Whatever was thrown, as a problem: what is not one of ours is 'internal'. */
export function asProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ProblemError('internal', detail);
}
