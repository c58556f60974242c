/** Fails the sessions that waited for a home session: only the previous broker could have started them. */
import { ProblemError } from '../base/problem.ts';
import { takeSessionEvent } from '../follow/take-session-event.ts';
import type { Broker } from '../state/context.ts';

const TEXT = 'The server restarted before this session could start. Start a new one.';

/** Must be called before new sessions can be started, so that it does not affect them. */
export function giveUpWaiting(broker: Broker): void {
  for (const row of broker.sessions.listWaiting()) {
    const detail = 'the broker restarted before its home session was open';
    const failure = new ProblemError('session-failed', detail, TEXT);
    takeSessionEvent(broker, row, 'forgotten', { failure });
  }
}
