/** This machine: leaders are started by rootd, and listen under /run/vestibule/leaders. */
import type { Launcher } from '../launcher.ts';
import { findLeader } from './find.ts';
import { listLeaders } from './list.ts';
import { openLeader } from './open.ts';
import { readActivity } from './read-activity.ts';
import { readUsage } from './usage.ts';
import { watchLeaders } from './watch.ts';

export interface LocalPaths {
  /** rootd's socket. */
  readonly rootd: string;
  /** The directory of the leaders' sockets. */
  readonly leaders: string;
}

export function localLauncher({ rootd, leaders }: LocalPaths): Launcher {
  return {
    open: () => openLeader(rootd),
    find: (id) => findLeader(leaders, id),
    list: () => listLeaders(leaders),
    watch: (found) => watchLeaders(leaders, found),
    usage: ({ pid }) => (pid > 0 ? readUsage(pid) : null),
    activity: ({ tty }, now) => (tty === null ? null : readActivity(tty, now)),
  };
}
