/**
 * The life of a PAM session: from each state to which. What is not here does not happen. `closed` is the end in order;
 * `failed`: it was never open; `unclean`: its leader died while it was open.
 */
import type { PamSessionState } from '../../protocol/cli-broker.ts';

export const PAM_SESSION_TRANSITIONS = {
  opening: ['open', 'closing', 'failed', 'stuck'],
  open: ['closing', 'closed', 'stuck', 'unclean'],
  closing: ['closed', 'failed', 'stuck', 'unclean'],
  stuck: ['open', 'closing', 'closed', 'failed', 'unclean'],
  closed: [],
  failed: [],
  unclean: [],
} as const satisfies Record<PamSessionState, readonly PamSessionState[]>;

export function mayBecome(from: PamSessionState, to: PamSessionState): boolean {
  const next: readonly PamSessionState[] = PAM_SESSION_TRANSITIONS[from];
  return next.includes(to);
}

/** Nothing comes after it. */
export function isFinal(state: PamSessionState): boolean {
  return PAM_SESSION_TRANSITIONS[state].length === 0;
}

export function isOpening(state: PamSessionState): boolean {
  return state === 'opening';
}

/** Sessions can begin in it. */
export function isOpen(state: PamSessionState): boolean {
  return state === 'open';
}

/** It will do for whoever needs one: it is open, or nothing is known that keeps it from being so. */
export function isUsable(state: PamSessionState): boolean {
  return isOpening(state) || isOpen(state);
}

/** Its end has begun. */
export function isClosing(state: PamSessionState): boolean {
  return state === 'closing';
}

/** Whoever waits for its end waits in vain, or no longer. */
export function isOverOrStuck(state: PamSessionState): boolean {
  return isFinal(state) || state === 'stuck';
}
