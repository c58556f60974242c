/**
 * What a session's programs use, read without being root: its cgroup where it has one of its own, else the processes
 * below its session-host. Memory is what no other process shares; shared pages would count once for each process.
 */
import { readFileSync } from 'node:fs';
import { listBelow } from '../../lib/list-below.ts';
import type { Amounts } from '../launcher.ts';
import { type ProcessFacts, readProcess } from './read-process.ts';

const CGROUP_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** program: its pid. null: it cannot be told (it has just ended, or others' processes are hidden). */
export function readUsage(program: number): Amounts | null {
  try {
    const own = readProcess(program);
    if (own === null) return null;
    const group = findGroup(program);
    return group === null ? sum(below(own.parent)) : ofGroup(group, own.parent);
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
  const processes = pids.filter((pid) => pid > 0 && pid !== host).map(readProcess);
  const spent = /^usage_usec (\d+)$/m.exec(read(`${group}/cpu.stat`))?.[1];
  const usage = sum(processes.filter((one) => one !== null));
  return spent === undefined ? usage : { ...usage, cpu: Number(spent) / 1e6 };
}

/** All descendants of a process: not those whose parent has ended, which are the leader's now. */
function below(ancestor: number): ProcessFacts[] {
  return listBelow(ancestor)
    .map(readProcess)
    .filter((one) => one !== null);
}

function sum(processes: readonly ProcessFacts[]): Amounts {
  const add = (what: 'memory' | 'cpu') =>
    processes.reduce((total, process) => total + process[what], 0);
  return { memory: add('memory'), processes: processes.length, cpu: add('cpu') };
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
