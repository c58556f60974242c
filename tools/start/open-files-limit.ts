/** Finds the soft limit of open files of the shell that called npm. The server, and so the sessions, will have this limit. */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** Each Node process, including npm, raises its own limit when it starts: we look for the first ancestor that is not Node. */
export function openFilesLimit(): number {
  // Our parent is the shell of npm start, which has the limit of npm.
  let pid = parentOf(process.ppid);
  while (pid > 1 && basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('node'))
    pid = parentOf(pid);
  // Whoever called npm may have gone, and the ancestor be one with a limit that we may not have.
  return Math.min(limitsOf(pid).soft, limitsOf('self').hard);
}

function limitsOf(pid: number | 'self'): { readonly soft: number; readonly hard: number } {
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  const [, soft, hard] = /^Max open files +([0-9]+) +([0-9]+)/m.exec(limits) ?? [];
  return { soft: Number(soft ?? 1024), hard: Number(hard ?? 1024) };
}

/** At least 1: a parent in another pid namespace is process 0. */
function parentOf(pid: number): number {
  const [, parent] = /^PPid:\t([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.max(Number(parent ?? 1), 1);
}
