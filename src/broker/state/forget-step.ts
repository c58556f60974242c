/** The step that a session or a PAM session was in is over (pam-sessions/watch-step.ts). */
import type { AnyId, Broker } from './context.ts';

export function forgetStep({ steps }: Broker, id: AnyId): void {
  clearTimeout(steps.get(id));
  steps.delete(id);
}
