/** The name of a session until it is renamed. */
import type { Kind } from '../../kinds/kind.ts';
import type { Person } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';

/** The title of the kind, with the lowest number that no live session of the user has. */
export function freeName({ sessions }: Broker, person: Person, { title }: Kind): string {
  const taken = new Set(sessions.listLiveOf(person).map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = `${title} ${number}`;
    if (!taken.has(name)) return name;
  }
}
