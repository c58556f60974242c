/** Processes of the sandbox, read from /proc (proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcessState } from '../../src/lib/process-state.ts';

export interface Process {
  readonly pid: number;
  readonly uid: number;
  readonly parent: number;
  readonly argv: readonly string[];
  readonly hasMemory: boolean;
}

/** All that live; a zombie does not. */
export function listProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (/^State:\s+[ZX]/m.test(status)) return [];
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
        const field = (name: string): number =>
          Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
        const hasMemory = /^VmSize:/m.test(status);
        return [{ pid: Number(pid), uid: field('Uid'), parent: field('PPid'), argv, hasMemory }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** A user's that run: one that ends gives back its memory, leaves its cgroup, then becomes a zombie. */
export function listRunning(user: number): Process[] {
  return listProcesses().filter(({ uid, hasMemory }) => uid === user && hasMemory);
}

/** Those with an argument that ends in this text. */
export function findProcesses(ending: string): Process[] {
  return listProcesses().filter(({ argv }) => argv.some((arg) => arg.endsWith(ending)));
}

/** Of one that lives. */
export function parentOf(pid: number): number {
  const state = readProcessState(pid);
  if (state === null) throw new Error(`wanted the parent of process ${pid}, which has ended`);
  return state.parent;
}

/** Below the root of the unified hierarchy (cgroups(7)). */
export function cgroupOf(pid: number | 'self'): string {
  return /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/';
}

/** Where it leads; '' when the process has ended or has none. */
export function linkOf(pid: number, link: 'exe' | 'cwd'): string {
  try {
    return readlinkSync(`/proc/${pid}/${link}`);
  } catch {
    return '';
  }
}
