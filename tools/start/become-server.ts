/** The last step of npm start: this process becomes supervise. */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function becomeServer(installed: string, announcement: string): never {
  const server = [
    `${installed}/bin/vestibule-supervise`,
    ...['--log', '/var/log/vestibule/vestibule.log'],
    ...['--announce', announcement],
    ...['--finish', `${installed}/bin/node`, `${installed}/dist/finish.js`],
  ];
  process.chdir('/');
  const prlimit = ['/usr/bin/prlimit', `--nofile=${openFilesLimit()}:`, '--', ...server];
  process.execve?.('/usr/bin/prlimit', prlimit, { PATH });
  throw new Error('this Node cannot become another program');
}

/**
 * Every Node, npm's too, raises its soft limit of open files at start. Sessions must not inherit that, so what held in
 * the shell that called npm is set again.
 */
function openFilesLimit(): number {
  let pid = Math.max(process.ppid, 1);
  // A parent in another pid namespace is process 0.
  while (pid > 1 && basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('node')) {
    pid = Math.max(parentOf(pid), 1);
  }
  const [, limit] =
    /^Max open files +([0-9]+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? [];
  return Number(limit ?? 1024);
}

function parentOf(pid: number): number {
  const [, parent] = /^PPid:\t([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(parent ?? 1);
}
