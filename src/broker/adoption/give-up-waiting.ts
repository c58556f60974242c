/** Sessions that waited for their person's home session when the broker ended: who would have started them is gone. */
import { ProblemError } from '../base/problem.ts';
import { takeSessionEvent } from '../follow/take-session-event.ts';
import type { Broker } from '../state/context.ts';

const TEXT = 'The server restarted before this session could start. Start a new one.';

/** Before anybody can start a session: those of this broker are not given up. */
export function giveUpWaiting(broker: Broker): void {
  for (const row of broker.sessions.listWaiting()) {
    const detail = 'the broker restarted before its home session was open';
    const failure = new ProblemError('session-failed', detail, TEXT);
    takeSessionEvent(broker, row, 'forgotten', { failure });
  }
}
