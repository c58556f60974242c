/** Whether a process exists and in which state it is, from what every user can read in /proc (proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessState {
  readonly pid: number;
  /** Command name, up to 15 characters; the process can change it. */
  readonly name: string;
  /** R, S, D (waits in the kernel and cannot be killed), T (stopped) and so on; empty: not visible. */
  readonly state: string;
  /** 0: not visible. */
  readonly parent: number;
  /** Start time, in clock ticks since boot: pid and start time together identify a process. 0: not visible. */
  readonly born: number;
}

/** null: the process does not exist, or is a zombie. */
export function readProcessState(pid: number): ProcessState | null {
  if (pid <= 0) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    // Field 3 follows the name, which may contain parentheses and spaces.
    const [state = '', ...fields] = stat.slice(end + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const name = stat.slice(stat.indexOf('(') + 1, end);
    return { pid, name, state, parent: Number(fields[0]), born: Number(fields[18]) };
  } catch {
    return isThere(pid) ? { pid, name: '', state: '', parent: 0, born: 0 } : null;
  }
}

/** For machines where /proc shows users only their own processes (hidepid). */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process with this pid, if it has this start time. */
export function findProcess(pid: number, born: number): ProcessState | null {
  const found = readProcessState(pid);
  return found !== null && (born === 0 || found.born === 0 || found.born === born) ? found : null;
}
