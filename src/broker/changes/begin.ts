/** Nothing is started that cannot be recorded on the disk. */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { lookAtDisk } from '../database/disk-trouble.ts';
import { diskRefusal } from '../database/refuse.ts';
import type { Broker } from '../state/context.ts';

export function makeId<T extends string>(): T {
  return randomBytes(16).toString('hex') as T;
}

/** All rows that `work` adds are on the disk when this returns. Throws 'disk' when there is no room for it. */
export function begin<T>(broker: Broker, work: () => T): T {
  const trouble = lookAtDisk(dirname(broker.paths.leaders));
  if (trouble !== null) throw diskRefusal(trouble, 'The directory for running sessions');
  return broker.store.transactOnDisk(work);
}
