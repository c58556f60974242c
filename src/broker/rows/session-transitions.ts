/**
 * The life of a session: from each state to which. What is not here does not happen. A leader that does not answer
 * leaves its session `stuck`; one that died after its session was open leaves it `unclean`.
 */
import type { SessionState } from '../../protocol/page-gateway.ts';

export const TRANSITIONS = {
  pending: ['starting', 'ending', 'failed'],
  starting: ['running', 'ending', 'failed', 'stuck', 'unclean'],
  running: ['ending', 'ended', 'stuck', 'unclean'],
  ending: ['ended', 'failed', 'stuck', 'unclean'],
  stuck: ['running', 'ending', 'ended', 'failed', 'unclean'],
  ended: [],
  failed: [],
  unclean: [],
} as const satisfies Record<SessionState, readonly SessionState[]>;

export function mayBecome(from: SessionState, to: SessionState): boolean {
  const next: readonly SessionState[] = TRANSITIONS[from];
  return next.includes(to);
}

/** Nothing comes after it. */
export function isFinal(state: SessionState): boolean {
  return TRANSITIONS[state].length === 0;
}

export const FINAL_STATES = (Object.keys(TRANSITIONS) as SessionState[]).filter(isFinal);
