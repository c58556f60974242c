/** Closes PAM sessions, and says when those that this page had closed are gone from the list. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { PamSessionId } from '../../protocol/ids.ts';
import type { Home, OpenPamSession } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { HOME_KEY } from '../home-key.ts';
import { texts } from '../texts.ts';

export interface ClosePamSession {
  /** For screen readers. */
  readonly said: string;
  /** Why the last one could not be closed. */
  readonly error: Error | null;
  readonly close: (one: OpenPamSession) => void;
}

/** next: the first of these that is there gets the focus if the button that had it is gone. */
export function useClosePamSession(
  list: readonly OpenPamSession[],
  next: readonly RefObject<HTMLElement | null>[],
): ClosePamSession {
  const client = useQueryClient();
  const [said, say] = useState('');
  const asked = useRef(new Set<PamSessionId>());
  const places = useRef(next);
  const closing = useMutation({
    mutationFn: ({ id }: OpenPamSession) => api.closePamSession(id),
    onMutate: ({ id }) => {
      asked.current.add(id);
      client.setQueryData<Home>(HOME_KEY, (home) => home && showClosing(home, id));
    },
    onError: (_, { id }) => {
      asked.current.delete(id);
      return client.invalidateQueries({ queryKey: HOME_KEY });
    },
  });
  useEffect(() => {
    const gone = [...asked.current].filter((id) => !list.some((one) => one.id === id));
    if (gone.length === 0) return;
    for (const id of gone) asked.current.delete(id);
    say(texts.pamSessions.closed(gone.length));
    if (document.activeElement !== document.body) return;
    places.current.find(({ current }) => current !== null)?.current?.focus();
  }, [list]);
  return { said, error: closing.error, close: closing.mutate };
}

/** Before the server confirms it; its next list replaces it in any case. */
function showClosing(home: Home, id: PamSessionId): Home {
  const pamSessions = home.pamSessions.map((one) =>
    one.id === id ? { ...one, closing: true } : one,
  );
  return { ...home, pamSessions };
}
