/** Limits the live sessions of a user (auth-sessions-per-user), because each needs memory of the shared machine. */

import { ProblemError } from '../base/problem.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';

/** Home sessions do not count, because users do not start them. */
export function requireRoom(broker: Broker, person: Person): void {
  const most = broker.settings.sessionsPerUser;
  const live = broker.sessions.listLiveOf(person);
  if (live.length < most) return;
  const text =
    most === 1
      ? 'You have a session, and one person may have only one here.'
      : `You have ${live.length} sessions, which is as many as one person may have here.`;
  const detail = `'${person.user}' has ${live.length} sessions, auth-sessions-per-user is ${most}`;
  throw new ProblemError('session-refused', detail, text);
}
