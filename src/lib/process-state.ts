/** Whether a process is there and what it waits for, as far as /proc tells everybody (proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessState {
  readonly pid: number;
  /** Its command, up to 15 characters; the process chooses it. */
  readonly name: string;
  /** R, S, D (waits in the kernel and cannot be killed), T (stopped) and so on; empty: hidden. */
  readonly state: string;
  /** 0: hidden. */
  readonly parent: number;
  /** When it began, clock ticks after the machine's start: with it a pid names one process only. 0: hidden. */
  readonly born: number;
}

/** null: there is no such process, or it has ended and was not waited for. */
export function readProcessState(pid: number): ProcessState | null {
  if (pid <= 0) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    // What follows the name begins with field 3.
    const [state = '', ...fields] = stat.slice(end + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const name = stat.slice(stat.indexOf('(') + 1, end);
    return { pid, name, state, parent: Number(fields[0]), born: Number(fields[18]) };
  } catch {
    return isThere(pid) ? { pid, name: '', state: '', parent: 0, born: 0 } : null;
  }
}

/** Where /proc shows a user only their own processes (hidepid). */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process of this pid, if it is still the one that began then. */
export function findProcess(pid: number, born: number): ProcessState | null {
  const found = readProcessState(pid);
  return found !== null && (born === 0 || found.born === 0 || found.born === born) ? found : null;
}
