/**
 * The closed list of problem codes: the code for machines, the HTTP status, one public sentence for people. The
 * private detail goes to the log with the reference that the answer carries.
 */
export const PROBLEMS = {
  'bad-request': { status: 400, text: 'The request could not be understood.' },
  'not-signed-in': { status: 401, text: 'You are not signed in, or your sign-in has ended.' },
  'sign-in-failed': { status: 401, text: 'The user name or password is not right.' },
  'sign-in-refused': { status: 403, text: 'This account may not sign in here.' },
  'sign-in-unavailable': {
    status: 503,
    text: 'Signing in is not possible at the moment. Try again in a while.',
  },
  'sign-in-busy': {
    status: 503,
    text: 'Too many people are signing in right now. Try again in a moment.',
  },
  'conversation-gone': {
    status: 410,
    text: 'This sign-in took too long or has ended. Start again.',
  },
  'wrong-origin': { status: 403, text: 'The request came from another site and was refused.' },
  'not-found': { status: 404, text: 'There is nothing at this address.' },
  'session-not-found': { status: 404, text: 'There is no such session, or it is not yours.' },
  'session-not-running': { status: 409, text: 'The session is not running.' },
  'session-failed': { status: 500, text: 'The session could not be started.' },
  'method-not-allowed': { status: 405, text: 'This address does not take that kind of request.' },
  'too-large': { status: 413, text: 'The request is too large.' },
  'too-many': { status: 429, text: 'Too many requests. Wait a moment.' },
  unavailable: { status: 503, text: 'The server is restarting. It will be back in a moment.' },
  internal: { status: 500, text: 'Something went wrong on the server.' },
} as const satisfies Record<string, { status: number; text: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What travels between our processes and to the page. */
export interface Problem {
  readonly code: ProblemCode;
  /** The public sentence: the list's, or a more exact one (a PAM module's own words). */
  readonly text: string;
  /** Finds the log line: 12 lower-case hexadecimal digits. */
  readonly reference: string;
  /** Seconds after which it is worth trying again, when that is known. */
  readonly retryAfter?: number;
}
