/** Stops the timeout of the current step of a session or a PAM session (pam-sessions/watch-step.ts). */
import type { AnyId, Broker } from './context.ts';

export function forgetStep({ steps }: Broker, id: AnyId): void {
  clearTimeout(steps.get(id));
  steps.delete(id);
}
