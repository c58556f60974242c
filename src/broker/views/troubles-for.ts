/** What `vestibule status` calls trouble, for administrators. */
import type { Trouble } from '../../lib/trouble.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { listTroubles } from './list-troubles.ts';

/** For who asks. What ends before the next look is told then, so that all windows show the same. */
export function troublesFor(broker: Broker, person: Person): readonly Trouble[] {
  const troubles = troublesNow(broker, person);
  if (troubles.length > 0) broker.watch.told.set(personKey(person), '');
  return troubles;
}

/** Nobody is asked for while there are none. */
export function troublesNow(broker: Broker, person: Person): readonly Trouble[] {
  if (!broker.administrators.possible) return [];
  const troubles = listTroubles(broker);
  return troubles.length > 0 && broker.administrators.has(person) ? troubles : [];
}
