/** Memory as the kernel shares it out: PSS (proc(5), smaps_rollup). */
import { readFileSync } from 'node:fs';
import { listProcesses, type Process } from '../../test/lib/processes.ts';
import { sum } from './statistics.ts';

/** KiB; of a process that has ended, 0. */
export function readPss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

export function totalPss(processes: readonly Process[]): number {
  return sum(processes.map(({ pid }) => readPss(pid)));
}

/** Those whose program, or script, ends like one of these. */
export function findPrograms(...endings: readonly string[]): Process[] {
  return listProcesses().filter(({ argv }) =>
    argv.slice(0, 3).some((arg) => endings.some((ending) => arg.endsWith(ending))),
  );
}

/** All that descend from these, themselves included. */
export function findFamily(roots: readonly number[]): Process[] {
  const all = listProcesses();
  const pids = new Set(roots);
  for (let before = 0; before < pids.size; ) {
    before = pids.size;
    for (const { pid, parent } of all) if (pids.has(parent)) pids.add(pid);
  }
  return all.filter(({ pid }) => pids.has(pid));
}
