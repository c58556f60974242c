/** One process as /proc shows it to everybody (proc_pid_status(5), proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Bytes of its own: files and shared memory are not counted. */
  readonly memory: number;
  /** Seconds of CPU time, with that of its ended children. */
  readonly cpu: number;
}

/** USER_HZ: the same on all that Node runs on. */
const TICKS = 100;

/** null: it has ended, or is hidden. */
export function readProcess(pid: number): ProcessFacts | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    if (/^State:\s+[ZX]/m.test(status)) return null;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; utime, stime, cutime and cstime are fields 14 to 17, it is the second.
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
    return {
      pid,
      parent: field(status, /^PPid:\s+(\d+)$/m),
      memory: field(status, /^RssAnon:\s+(\d+) kB$/m) * 1024,
      cpu: ticks.reduce((all, one) => all + one, 0) / TICKS,
    };
  } catch {
    return null;
  }
}

function field(status: string, pattern: RegExp): number {
  return Number(pattern.exec(status)?.[1] ?? 0);
}
