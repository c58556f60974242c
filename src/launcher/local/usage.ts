/**
 * What a session's programs use, read without being root: its cgroup where it has one of its own, else the processes
 * below its session-host. Memory is what no other process shares; shared pages would count once for each process.
 */
import { readFileSync } from 'node:fs';
import { listBelow } from '../../lib/list-below.ts';
import type { Amounts } from '../launcher.ts';
import { readProcess } from './read-process.ts';

/** Processes of one session that are looked at: a look at one takes about 40 µs, and everybody waits for it. */
const MOST_READ = 256;
/** Of a session without a cgroup; of more, about so many are counted. */
const MOST_LISTED = 1024;
const CGROUP_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** program: its pid. null: it cannot be told (it has just ended, or others' processes are hidden). */
export function readUsage(program: number): Amounts | null {
  try {
    const own = readProcess(program);
    if (own === null) return null;
    const group = findGroup(program);
    // Descendants: not those whose parent has ended, which are the leader's now.
    return group === null
      ? measure(listBelow(own.parent, MOST_LISTED))
      : ofGroup(group, own.parent);
  } catch {
    return null;
  }
}

/** The directory of a cgroup that leaders make (root/leader/group.c); null when it is in another's. */
function findGroup(pid: number): string | null {
  const path = /^0::(\/.*\/?vestibule-[0-9a-f]{32})$/m.exec(read(`/proc/${pid}/cgroup`))?.[1];
  if (path === undefined) return null;
  for (const mount of CGROUP_MOUNTS) {
    try {
      read(`${mount}${path}/cgroup.procs`);
      return mount + path;
    } catch {
      // Not mounted here.
    }
  }
  return null;
}

/** host: our session-host, which is no program of the person's. */
function ofGroup(group: string, host: number): Amounts {
  const pids = read(`${group}/cgroup.procs`).split('\n').map(Number);
  const spent = /^usage_usec (\d+)$/m.exec(read(`${group}/cpu.stat`))?.[1];
  const usage = measure(pids.filter((pid) => pid > 0 && pid !== host));
  return spent === undefined ? usage : { ...usage, cpu: Number(spent) / 1e6 };
}

/** Of more processes than are looked at, the memory is estimated from those that are; their CPU time is left out. */
function measure(pids: readonly number[]): Amounts {
  const read = pids.slice(0, MOST_READ).map(readProcess);
  const processes = read.filter((one) => one !== null);
  const add = (what: 'memory' | 'cpu') =>
    processes.reduce((total, process) => total + process[what], 0);
  const rest = Math.max(0, pids.length - MOST_READ);
  const share = 1 + rest / Math.max(1, processes.length);
  return {
    memory: Math.round(add('memory') * share),
    processes: processes.length + rest,
    cpu: add('cpu'),
  };
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
