/** Starts a terminal. A second press does nothing until the first start has succeeded or failed. */
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

/** awaited: the page still waits for a session to run. */
export function useStartTerminal(
  awaited: boolean,
  onStarted: (session: SessionView) => void,
): StartTerminal {
  const client = useQueryClient();
  // A ref, as state changes with the next render only: the second click of a double click would not see it.
  const asked = useRef(false);
  const starting = useMutation({
    mutationFn: () => api.startSession({ kind: 'terminal' }),
    onSuccess: (session) => {
      // The live connection may already have sent the session, and in a newer state than this answer.
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
