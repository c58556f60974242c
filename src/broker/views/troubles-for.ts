/** The troubles of `vestibule status`, for the pages of administrators. */
import type { Trouble } from '../../lib/trouble.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { listTroubles } from './list-troubles.ts';

/** For a page that loads. The next tellTroubles() then announces them, or their end, so that all pages agree. */
export function troublesFor(broker: Broker, person: Person): readonly Trouble[] {
  const troubles = troublesNow(broker, person);
  if (troubles.length > 0) broker.watch.told.set(personKey(person), '');
  return troubles;
}

/** Without troubles it does not check who is an administrator, because that asks the system. */
export function troublesNow(broker: Broker, person: Person): readonly Trouble[] {
  if (!broker.administrators.possible) return [];
  const troubles = listTroubles(broker);
  return troubles.length > 0 && broker.administrators.has(person) ? troubles : [];
}
