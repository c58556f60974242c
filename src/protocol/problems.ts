/**
 * The list of all problem codes: the code for programs, the HTTP status, and for users one public sentence and what to
 * do (empty if the sentence says it). Private details are only written to the log, under the reference in the response.
 */
const AGAIN = 'Try again. If it fails again, tell your administrator the reference.';
const SOON = 'Try again in a moment. If it keeps failing, tell your administrator the reference.';
const RELOAD = 'Reload the page. If that does not help, tell your administrator the reference.';

export const PROBLEMS = {
  'bad-request': { status: 400, text: 'The request could not be understood.', advice: RELOAD },
  'not-signed-in': {
    status: 401,
    text: 'You are not signed in, or your sign-in has ended.',
    advice: 'Sign in, then open the address again.',
  },
  'sign-in-failed': {
    status: 401,
    text: 'The user name or password is incorrect.',
    advice: '',
  },
  'sign-in-refused': {
    status: 403,
    text: 'This account may not sign in here.',
    advice: '',
  },
  'sign-in-unavailable': {
    status: 503,
    text: 'Signing in is not possible at the moment. Try again in a while.',
    advice: '',
  },
  'sign-in-timeout': {
    status: 503,
    text: 'Nobody confirmed this sign-in in time, or the server that was asked did not answer. Try again.',
    advice: '',
  },
  'sign-in-busy': {
    status: 503,
    text: 'Too many people are signing in right now. Try again in a moment.',
    advice: '',
  },
  'conversation-gone': {
    status: 410,
    text: 'This sign-in took too long or has ended. Start again.',
    advice: '',
  },
  'wrong-origin': {
    status: 403,
    text: 'The request came from another site and was refused.',
    advice: 'Open the page by its address, or from the list of your sessions.',
  },
  'not-found': {
    status: 404,
    text: 'There is nothing at this address.',
    advice: 'Check the address for a typo, or go to the list of your sessions.',
  },
  'session-not-found': {
    status: 404,
    text: 'There is no such session, or it is not yours.',
    advice:
      'Sessions that ended more than a few days ago are removed. Your other sessions are on the list.',
  },
  'session-ended': {
    status: 410,
    text: 'This session has ended.',
    advice: 'Its programs are gone. Start a new one from the list of your sessions.',
  },
  'session-not-running': {
    status: 409,
    text: 'The session is not running.',
    advice: 'The list of your sessions shows its state.',
  },
  'session-failed': { status: 500, text: 'The session could not be started.', advice: AGAIN },
  'session-account': {
    status: 403,
    text: 'Your account may not start sessions at the moment.',
    advice:
      'It may have expired or be locked. Ask your administrator, and tell them the reference.',
  },
  'session-refused': {
    status: 403,
    text: 'This machine does not allow you another session.',
    advice:
      'End sessions or programs that you do not need, or ask your administrator about your limits.',
  },
  'session-set-up': {
    status: 500,
    text: 'The session could not be set up (home directory, limits, mounts or tickets).',
    advice: AGAIN,
  },
  'session-question': {
    status: 403,
    text: 'This machine asked you a question for the session and did not accept the answer.',
    advice: 'Start the session again.',
  },
  'session-profile': {
    status: 500,
    text: 'This machine is not set up for sessions: its PAM profile for sessions refuses everybody.',
    advice: 'Tell your administrator the reference. Trying again does not help.',
  },
  'session-program': {
    status: 500,
    text: 'The program of the session could not be started.',
    advice: 'Your administrator can change your login shell. Tell them the reference.',
  },
  'session-hangs': {
    status: 504,
    text: 'Something that the session needs does not answer.',
    advice:
      'It may be a file server. Ask your administrator to check it, then start a session again.',
  },
  'session-unavailable': {
    status: 503,
    text: 'The part of the server that starts sessions does not answer.',
    advice: SOON,
  },
  'session-lost': {
    status: 500,
    text: 'The session ended unexpectedly.',
    advice: 'Start a new one. Your administrator can find the reason by the reference.',
  },
  'name-refused': {
    status: 422,
    text: 'This name is not allowed for a session.',
    advice: 'Choose another name.',
  },
  'method-not-allowed': {
    status: 405,
    text: 'This address does not accept that kind of request.',
    advice: 'Go to the list of your sessions.',
  },
  'too-large': {
    status: 413,
    text: 'The request is too large.',
    advice:
      'Shorten what you sent. If it was a link: delete the cookies of this site and try again.',
  },
  'too-many': { status: 429, text: 'Too many requests. Wait a moment.', advice: SOON },
  unavailable: {
    status: 503,
    text: 'The server is restarting. It will be back in a moment.',
    advice: 'Your sessions keep running meanwhile.',
  },
  disk: {
    status: 503,
    text: 'This server cannot write to its disk, so nothing new can begin.',
    advice: 'Running sessions are not affected. Tell your administrator.',
  },
  internal: { status: 500, text: 'Something went wrong on the server.', advice: AGAIN },
} as const satisfies Record<string, { status: number; text: string; advice: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A problem as it is passed between our processes and to the page. */
export interface Problem {
  readonly code: ProblemCode;
  /** The public sentence: that of the list, or a more specific one (the text of a PAM module). */
  readonly text: string;
  /** For finding the log line: 12 lower-case hexadecimal digits. */
  readonly reference: string;
  /** Seconds after which to try again, if that is known. */
  readonly retryAfter?: number;
}
