/** Announces the troubles of the server to an administrator with an open home page, when they have changed. */

import { type Person, personKey } from '../rows/person.ts';
import type { Broker } from '../state/context.ts';
import { announce } from '../views/announce.ts';
import { troublesNow } from '../views/troubles-for.ts';

const NONE = '[]';

export function tellTroubles(broker: Broker, { user, uid }: Person): void {
  const troubles = troublesNow(broker, { user, uid });
  const { told } = broker.watch;
  const key = personKey({ user, uid });
  const text = JSON.stringify(troubles);
  if (text === (told.get(key) ?? NONE)) return;
  if (text === NONE) told.delete(key);
  else told.set(key, text);
  announce(broker, { event: 'troubles', user, uid, troubles });
}
