/** The name of a session that its person has not named yet. */

import type { Person } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';

/** The lowest number that no live session of the user has. */
export function freeName(broker: Broker, person: Person): string {
  const taken = broker.sessions.listOf(person, broker.now()).map(({ name }) => name);
  for (let number = 1; ; number++) {
    const name = `Terminal ${number}`;
    if (!taken.includes(name)) return name;
  }
}
