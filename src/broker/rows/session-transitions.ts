/**
 * The life of a session: from each state to which. What is not here does not happen. A leader that does not answer
 * leaves its session `stuck`; one that died after its PAM session was open leaves it `unclean`.
 */
import type { SessionState } from '../../protocol/page-gateway.ts';

export const SESSION_TRANSITIONS = {
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
  const next: readonly SessionState[] = SESSION_TRANSITIONS[from];
  return next.includes(to);
}

/** Nothing comes after it. */
export function isFinal(state: SessionState): boolean {
  return SESSION_TRANSITIONS[state].length === 0;
}

/** Its program is not there yet, and nothing is wrong. */
export function isBeingStarted(state: SessionState): boolean {
  return state === 'pending' || state === 'starting';
}

/** Whoever waits for its end waits in vain, or no longer. */
export function isOverOrStuck(state: SessionState): boolean {
  return isFinal(state) || state === 'stuck';
}
