/** Failures inside the gateway, and the public problem that each becomes, with a reference and a log line. */
import type { log } from '../lib/log.ts';
import { makeReference } from '../lib/log.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../protocol/problems.ts';

/** Thrown by handlers. The detail is for the log only. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: ProblemCode;
  /** The broker's problem, passed on with its own text and reference. */
  readonly problem: Problem | null;

  constructor(code: ProblemCode, detail: string, problem: Problem | null = null) {
    super(detail);
    this.code = code;
    this.problem = problem;
  }
}

export function failureOf(problem: Problem): Failure {
  return new Failure(problem.code, 'refused by the broker', problem);
}

/** What is logged about the request that failed; never its query, which may carry a code. */
export interface Refused {
  readonly method: string;
  readonly path: string;
  readonly address: string;
}

/** The public side of any error; the private side goes to the log under the same reference. */
export function reportProblem(logger: typeof log, error: unknown, refused: Refused): Problem {
  const failure =
    error instanceof Failure ? error : new Failure('internal', describeUnexpected(error));
  const { code } = failure;
  const problem = failure.problem ?? {
    code,
    text: PROBLEMS[code].text,
    reference: makeReference(),
  };
  const fields = { reference: problem.reference, code, ...refused, detail: failure.message };
  if (code === 'internal') logger.error('request failed', fields);
  else if (PROBLEMS[code].status >= 500) logger.warning('request failed', fields);
  else logger.info('request refused', fields);
  return problem;
}

function describeUnexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
