/** The requests of a session start's conversation, in the form that the sign-in's runner calls. */
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionStep } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import type { SignInApi } from '../sign-in/sign-in-runner.ts';

type Server = Pick<typeof api, 'answerStart' | 'cancelStart'>;

export function startApi(session: SessionId, server: Server = api): SignInApi {
  /** Number of the last message received. */
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
