/** The refusal of a request: code and public text for the requester, and a private detail for log and audit. */
import { makeReference } from '../../lib/log.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../protocol/problems.ts';

/** Characters. Problems are stored in rows and sent in lists. */
const LONGEST = 2000;

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  /** Only for the log and the audit. */
  readonly detail: string;
  /** Whether the audit and the log already have it. */
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

  /** A problem that was logged earlier, with its old reference. */
  static again(problem: Problem, detail: string): ProblemError {
    const error = new ProblemError(problem.code, detail, problem.text);
    return Object.assign(error, { problem });
  }
}

/** Turns anything thrown into a ProblemError; everything else becomes 'internal'. */
export function asProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ProblemError('internal', detail);
}
