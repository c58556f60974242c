/** Starts a terminal, once for each wish: a second press does nothing until the first has come to something. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Home, SessionView } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { connectAhead } from '../go-ahead.ts';
import { HOME_KEY } from '../home-key.ts';

export interface StartTerminal {
  readonly start: () => void;
  readonly busy: boolean;
  readonly error: Error | null;
}

/** awaited: one that was started is still waited for. */
export function useStartTerminal(
  awaited: boolean,
  onStarted: (session: SessionView) => void,
): StartTerminal {
  const client = useQueryClient();
  // State is a turn behind: both clicks of a double click would see none of the other.
  const asked = useRef(false);
  const starting = useMutation({
    mutationFn: () => api.startSession({ kind: 'terminal' }),
    onSuccess: (session) => {
      // The live connection may have told of it already, and of more than this answer knows.
      client.setQueryData<Home>(HOME_KEY, (home) =>
        home === undefined || home.sessions.some(({ id }) => id === session.id)
          ? home
          : { ...home, sessions: [...home.sessions, session] },
      );
      onStarted(session);
    },
    onSettled: () => {
      asked.current = false;
    },
  });
  const start = (): void => {
    if (asked.current || awaited) return;
    asked.current = true;
    connectAhead();
    starting.mutate();
  };
  return { start, busy: starting.isPending || awaited, error: starting.error };
}
