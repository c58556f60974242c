import { log } from '../../lib/log.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';

/**
 * Logs what a correct leader does not send: an event that rows/leader-events.ts calls a surprise, a message about a
 * session of another leader, or a message for another task: a sign-in, a check, a test.
 */
export function noteSurprise(surprise: {
  readonly pamSession: PamSessionId | null;
  readonly session?: SessionId;
  readonly event: string;
  readonly state: string;
}): void {
  log.warning('leader-surprise', surprise);
}
