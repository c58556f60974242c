import { connectLeader, type LeaderConnection } from '../leader-connection.ts';

/** rootd forks and executes one for each connection. */
export function openLeader(rootd: string): Promise<LeaderConnection> {
  return connectLeader(rootd);
}
