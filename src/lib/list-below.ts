/** Lists the descendants of a process, from what every user can read in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** The pids of descendants of a process, except those whose parent has ended: all, or about `most`. */
export function listBelow(ancestor: number, most = Number.POSITIVE_INFINITY): number[] {
  const pids = childrenOf(ancestor);
  // The list grows while the loop runs.
  for (const pid of pids) {
    if (pids.length >= most) break;
    pids.push(...childrenOf(pid));
  }
  return pids;
}

/** The children of all threads of a process; none when it has ended. */
function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'),
    );
    return lists.flatMap((list) =>
      list
        .split(' ')
        .filter((word) => word !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}
