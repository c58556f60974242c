import { log } from '../../lib/log.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';

/**
 * A pair that the tables of rows/leader-events.ts call so, a message about a session that is not its leader's,
 * or one that belongs to a leader of another task: a sign-in, a check, a test.
 */
export function noteSurprise(surprise: {
  readonly pamSession: PamSessionId | null;
  readonly session?: SessionId;
  readonly event: string;
  readonly state: string;
}): void {
  log.warning('leader-surprise', surprise);
}
