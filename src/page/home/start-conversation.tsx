/** PAM's messages and questions while a session opens: the form of the sign-in, in the session's row. */
import { Stack } from '@mantine/core';
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { ConnectionLost, PamMessages, ProblemAlert } from '../notices.tsx';
import { PromptsForm } from '../sign-in/prompts-form.tsx';
import { SignInRunner } from '../sign-in/sign-in-runner.ts';
import { texts } from '../texts.ts';
import { startApi } from './start-api.ts';

export interface StartConversationProps {
  readonly session: SessionView;
  /** The session's owner: answers are sealed for this user. */
  readonly user: string;
}

export function StartConversation({ session, user }: StartConversationProps): ReactElement {
  const { id, name, conversation } = session;
  const asks = conversation?.asks ?? null;
  const [runner] = useState(() => new SignInRunner(startApi(id)));
  const state = useSyncExternalStore(runner.subscribe, () => runner.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the question has changed
  useEffect(() => {
    if (runner.state.kind === 'credentials') runner.start(user, new Uint8Array());
    else runner.follow(asks);
  }, [asks]);
  return (
    <Stack component="section" gap="sm" mt="sm" aria-label={texts.session.conversation(name)}>
      <PamMessages messages={state.messages} />
      {state.kind === 'credentials' && state.problem && <ProblemAlert problem={state.problem} />}
      {state.kind === 'working' && state.lost > 0 && <ConnectionLost tryNow={runner.retry} />}
      {state.kind === 'prompts' && <PromptsForm state={state} runner={runner} />}
    </Stack>
  );
}
