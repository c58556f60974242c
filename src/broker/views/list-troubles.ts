/** The troubles of the database, of the file system with the sockets of leaders, and of the log. */
import { dirname } from 'node:path';
import { logTrouble } from '../../lib/log.ts';
import type { Trouble } from '../../lib/trouble.ts';
import { lookAtDisk } from '../database/disk-trouble.ts';
import type { Broker } from '../state/context.ts';

export function listTroubles({ store, paths }: Broker): Trouble[] {
  const run = lookAtDisk(dirname(paths.leaders));
  return [store.trouble, run, logTrouble()].filter((trouble) => trouble !== null);
}
