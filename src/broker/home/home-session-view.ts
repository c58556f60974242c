/** What a person is told of their home session. */
import type { HomeSessionView } from '../../protocol/page-gateway.ts';
import type { Broker } from '../context.ts';
import type { Person } from '../tickets/ticket-store.ts';

export function homeSessionOf(_broker: Broker, _person: Person): HomeSessionView {
  return { state: 'off', since: null, problem: null, texts: [] };
}
