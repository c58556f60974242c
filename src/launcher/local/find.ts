import { join } from 'node:path';
import type { PamSessionId } from '../../protocol/ids.ts';
import { connectLeader, type LeaderConnection } from '../leader-connection.ts';

/** leaders: the directory in which each listens under the id of its PAM session. */
export function findLeader(leaders: string, id: PamSessionId): Promise<LeaderConnection> {
  return connectLeader(join(leaders, id));
}
