/** The step that a session was in is over (watch-step.ts). */
import type { SessionId } from '../../protocol/ids.ts';
import type { Broker } from '../state/context.ts';

export function forgetStep({ steps }: Broker, id: SessionId): void {
  clearTimeout(steps.get(id));
  steps.delete(id);
}
