/** One session of the list. */
import { Badge, Paper } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Home, SessionState, SessionView } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { HOME_KEY } from '../home-key.ts';
import { FailureAlert, ProblemAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { changeHere } from './change-here.ts';
import { SessionActions } from './session-actions.tsx';
import { SessionFacts } from './session-facts.tsx';
import { SessionName } from './session-name.tsx';
import { StartConversation } from './start-conversation.tsx';
import { StartSteps } from './start-steps.tsx';

const colors: Record<SessionState, string> = {
  pending: 'yellow',
  starting: 'yellow',
  running: 'green',
  ending: 'yellow',
  ended: 'gray',
  failed: 'red',
  stuck: 'red',
  unclean: 'red',
};

interface RowProps {
  readonly session: SessionView;
  readonly start: () => void;
}

export function SessionRow({ session, start }: RowProps): ReactElement {
  const { id, state, problem } = session;
  const client = useQueryClient();
  const ending = useMutation({
    mutationFn: () => api.endSession(id),
    onMutate: () => changeHere(client, id, { state: 'ending' }),
    onError: () => client.invalidateQueries({ queryKey: HOME_KEY }),
  });
  return (
    <Paper component="li" withBorder p="sm" data-state={state}>
      <div className="session">
        <div>
          <div className="session-head">
            <SessionName session={session} />
            <Badge variant="dot" color={colors[state]} tt="none" fw={500}>
              {texts.session.states[state]}
            </Badge>
          </div>
          <SessionFacts session={session} />
        </div>
        <SessionActions session={session} end={() => ending.mutate()} />
      </div>
      {(state === 'pending' || state === 'starting') && <StartSteps session={session} />}
      {session.conversation && (
        <StartConversation
          session={session}
          user={client.getQueryData<Home>(HOME_KEY)?.user ?? ''}
        />
      )}
      {problem && <ProblemAlert problem={problem} {...(state === 'failed' && { again: start })} />}
      {ending.error && <FailureAlert error={ending.error} />}
    </Paper>
  );
}
