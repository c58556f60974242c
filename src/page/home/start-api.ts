/** The conversation of a session's start, as the sign-in's runner asks for one. */
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionStep } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import type { SignInApi } from '../sign-in/sign-in-runner.ts';

type Server = Pick<typeof api, 'answerStart' | 'cancelStart'>;

export function startApi(session: SessionId, server: Server = api): SignInApi {
  /** The number of the last message that came. */
  let after = -1;
  const ask = async (answers: readonly string[]): Promise<SessionStep> => {
    const step = await server.answerStart(session, { answers, after });
    if (step.kind !== 'over') after = Math.max(after, ...step.items.map(({ number }) => number));
    return step;
  };
  return {
    startSignIn: () => ask([]),
    answer: (_conversation, { answers }) => ask(answers),
    cancelSignIn: () => server.cancelStart(session),
  };
}
