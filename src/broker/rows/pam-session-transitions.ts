/**
 * The states of a PAM session and all transitions between them. `closed`: it ended normally. `failed`: it was never
 * open. `unclean`: its leader died while it was open.
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

export function isFinal(state: PamSessionState): boolean {
  return PAM_SESSION_TRANSITIONS[state].length === 0;
}

export function isOpening(state: PamSessionState): boolean {
  return state === 'opening';
}

/** Sessions can start in it. */
export function isOpen(state: PamSessionState): boolean {
  return state === 'open';
}

/** It is open, or is expected to be soon. */
export function isUsable(state: PamSessionState): boolean {
  return isOpening(state) || isOpen(state);
}

export function isClosing(state: PamSessionState): boolean {
  return state === 'closing';
}

/** There is no use in waiting for its end: it has ended, or does not. */
export function isOverOrStuck(state: PamSessionState): boolean {
  return isFinal(state) || state === 'stuck';
}
