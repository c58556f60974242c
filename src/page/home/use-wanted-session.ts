/** Waits for a session and opens it when it runs, unless the person has turned to something else meanwhile. */
import { type RefObject, useEffect, useState } from 'react';
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { readWanted, writeWanted } from '../wanted-session.ts';
import { openLinkId, pathOf } from './session-actions.tsx';
import { canOpen } from './session-order.ts';

export interface Wanted {
  /** The session that is waited for; null: none. */
  readonly id: SessionId | null;
  readonly want: (id: SessionId) => void;
}

/** waiting: elements that may have the focus while the person still waits. */
export function useWantedSession(
  sessions: readonly SessionView[],
  waiting: readonly RefObject<HTMLElement | null>[],
): Wanted {
  const [id, setId] = useState(readWanted);
  const session = sessions.find((one) => one.id === id);
  const state = session?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each state
  useEffect(() => {
    if (id === null || state === 'pending' || state === 'starting') return;
    setId(null);
    writeWanted(null);
    // A session that is not listed has ended or never existed: its address says which.
    if (session === undefined) return location.assign(pathOf(id));
    if (!canOpen(session)) return;
    const active = document.activeElement;
    const patient = active === document.body || waiting.some(({ current }) => current === active);
    if (patient) location.assign(pathOf(id));
    else document.getElementById(openLinkId(id))?.scrollIntoView({ block: 'nearest' });
  }, [id, state]);
  return {
    id,
    want: (next) => {
      writeWanted(next);
      setId(next);
    },
  };
}
