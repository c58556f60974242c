/** What keeps the broker, or those that it has sessions made by, from writing. */
import { dirname } from 'node:path';
import { logTrouble } from '../../lib/log.ts';
import type { Trouble } from '../../lib/trouble.ts';
import { lookAtDisk } from '../database/disk-trouble.ts';
import type { Broker } from '../state/context.ts';

export function listTroubles({ store, paths }: Broker): Trouble[] {
  const run = lookAtDisk(dirname(paths.leaders));
  return [store.trouble, run, logTrouble()].filter((trouble) => trouble !== null);
}
