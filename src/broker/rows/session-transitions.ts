/**
 * The states of a session and all transitions between them. `stuck`: a step takes too long, or the leader does not
 * answer. `unclean`: the leader died when its PAM session was open.
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

export function isFinal(state: SessionState): boolean {
  return SESSION_TRANSITIONS[state].length === 0;
}

/** Its program does not run yet, and nothing has gone wrong. */
export function isBeingStarted(state: SessionState): boolean {
  return state === 'pending' || state === 'starting';
}

/** There is no use in waiting for its end: it has ended, or does not. */
export function isOverOrStuck(state: SessionState): boolean {
  return isFinal(state) || state === 'stuck';
}
