/** Starts a terminal, and when it is ready puts the focus on the link that opens it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { SessionId } from '../../protocol/ids.ts';
import type { Home, SessionView } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { HOME_KEY } from '../home-key.ts';
import { openLinkId } from './session-row.tsx';

export interface StartTerminal {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly start: () => void;
  readonly busy: boolean;
  readonly error: Error | null;
}

export function useStartTerminal(sessions: readonly SessionView[]): StartTerminal {
  const client = useQueryClient();
  const button = useRef<HTMLButtonElement>(null);
  const [awaited, setAwaited] = useState<SessionId | null>(null);
  const state = sessions.find(({ id }) => id === awaited)?.state;
  const starting = useMutation({
    mutationFn: () => api.startSession({ kind: 'terminal' }),
    onSuccess: (session) => {
      setAwaited(session.id);
      // The live connection may have told of it already, and of more than this answer knows.
      client.setQueryData<Home>(HOME_KEY, (home) =>
        home === undefined || home.sessions.some(({ id }) => id === session.id)
          ? home
          : { ...home, sessions: [...home.sessions, session] },
      );
    },
  });
  useEffect(() => {
    if (awaited === null || state === undefined || state === 'pending' || state === 'starting') {
      return;
    }
    setAwaited(null);
    // Who went on to something else is left there.
    const active = document.activeElement;
    if (active !== document.body && active !== button.current) return;
    document.getElementById(openLinkId(awaited))?.focus();
  }, [awaited, state]);

  const busy = starting.isPending || awaited !== null;
  return { button, start: () => busy || starting.mutate(), busy, error: starting.error };
}
