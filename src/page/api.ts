/** Requests to the gateway, as page-gateway.ts lists them, below the page's own address. */
import type { PamSessionId, SessionId, TicketId } from '../protocol/ids.ts';
import type {
  Home,
  SessionAnswers,
  SessionRename,
  SessionStart,
  SessionStep,
  SessionView,
  SignInAnswers,
  SignInStart,
  SignInStep,
  SignIns,
} from '../protocol/page-gateway.ts';
import type { Problem } from '../protocol/problems.ts';
import { keepFirstHome, takeFirstHome } from './first-home.ts';
import { readWanted } from './wanted-session.ts';

/** The server refused the request, and says why. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.text);
    this.problem = problem;
  }
}
/** No answer, or the broker is restarting: a later try may succeed. */
export class ConnectionError extends Error {}

export const api = {
  startSignIn: (start: SignInStart) => send<SignInStep>('POST', 'api/sign-in', start),
  answer: async (conversation: string, { answers }: SignInAnswers) => {
    const body: SignInAnswers = { answers, visit: readWanted() === null };
    const step = await send<SignInStep>('POST', `api/sign-in/${conversation}`, body);
    if (step.kind === 'signed-in') keepFirstHome(step.home);
    return step;
  },
  cancelSignIn: (conversation: string) => send<null>('DELETE', `api/sign-in/${conversation}`),
  signOut: () => send<null>('POST', 'api/sign-out'),
  signIns: () => send<SignIns>('GET', 'api/sign-ins'),
  endSignIn: (signIn: TicketId) => send<null>('DELETE', `api/sign-ins/${signIn}`),
  home: async () => {
    const first = takeFirstHome();
    if (first === null) return send<Home>('GET', 'api/home');
    if ('problem' in first) throw errorOf(first.problem);
    return first;
  },
  retryHomeSession: () => send<null>('POST', 'api/home-session'),
  startSession: (start: SessionStart) => send<SessionView>('POST', 'api/sessions', start),
  answerStart: (session: SessionId, answers: SessionAnswers) =>
    send<SessionStep>('POST', `api/sessions/${session}/conversation`, answers),
  cancelStart: (session: SessionId) => send<null>('DELETE', `api/sessions/${session}/conversation`),
  renameSession: (session: SessionId, rename: SessionRename) =>
    send<SessionView>('PATCH', `api/sessions/${session}`, rename),
  closePamSession: (id: PamSessionId) => send<null>('POST', `api/pam-sessions/${id}/close`),
  endSession: (session: SessionId) => send<null>('DELETE', `api/sessions/${session}`),
};

async function send<T>(method: string, path: string, body: object = {}): Promise<T> {
  const content = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(path, { method, ...(method === 'GET' ? {} : content) }).catch(
    (cause: unknown) => {
      throw new ConnectionError('the server did not answer', { cause });
    },
  );
  const text = await answer.text().catch(() => '');
  const value = parseJson(text);
  if (answer.ok) return value as T;
  throw errorOf((value as { problem?: Problem } | null)?.problem);
}

function errorOf(problem: Problem | undefined): Error {
  if (problem === undefined || problem.code === 'unavailable') {
    return new ConnectionError('the server has no answer now');
  }
  return new ProblemError(problem);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
