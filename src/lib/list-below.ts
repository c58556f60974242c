/** What runs below a process, as /proc tells everybody. */
import { readdirSync, readFileSync } from 'node:fs';

/** The pids of all descendants of a process: not of those whose parent has ended. */
export function listBelow(ancestor: number): number[] {
  const pids = childrenOf(ancestor);
  // Grows while it is walked.
  for (const pid of pids) pids.push(...childrenOf(pid));
  return pids;
}

/** Of all its threads; none when it has ended. */
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
