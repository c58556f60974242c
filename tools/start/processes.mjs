/** Finds processes in /proc, as root. Zombies have no program and are ignored. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const INSTALLED = '/usr/local/lib/vestibule';

/**
 * pid and program of the processes of root whose program is below `directory`. Processes of other users are ignored: in
 * a mount namespace of their own they can have a program at any path.
 */
export function rootProcessesUnder(directory) {
  return everyProcess().filter(
    ({ pid, program }) => program.startsWith(`${directory}/`) && isRoots(pid),
  );
}

/** The program of a process that belongs to root; '' if there is no such process. */
export function programOf(pid) {
  return isRoots(pid) ? link(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '') : '';
}

/** pid and name of the process that listens on a TCP port; null if it is not found. */
export function whoListens(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readLines(table)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, address, , state]) => address?.endsWith(local) && state === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  const owner = everyProcess().find(({ pid }) =>
    list(`/proc/${pid}/fd`).some((fd) => sockets.includes(link(`/proc/${pid}/fd/${fd}`))),
  );
  return owner === undefined ? null : { ...owner, name: readLines(`/proc/${owner.pid}/comm`)[0] };
}

/** Kills the processes that `find` returns, until it returns none; false if that takes too long. */
export async function killUntilGone(find, seconds) {
  // They are not our children, so we are not notified of their end, and they may fork in the meantime.
  for (let left = seconds * 20; left > 0; left--) {
    const found = find();
    if (found.length === 0) return true;
    for (const { pid } of found) kill(pid);
    await wait(50);
  }
  return find().length === 0;
}

function everyProcess() {
  return list('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => ({ pid: Number(name), program: link(`/proc/${name}/exe`) }))
    .filter(({ program }) => program !== '');
}

/** Returns `otherwise` if the process ends while it is read. */
function quietly(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
const list = (path) => quietly(() => readdirSync(path), []);
const link = (path) => quietly(() => readlinkSync(path), '');
const readLines = (path) => quietly(() => readFileSync(path, 'utf8').split('\n'), []);
const kill = (pid) => quietly(() => process.kill(pid, 'SIGKILL'), false);

/** All processes of a user. */
export function processesOf(uid) {
  return everyProcess().filter(({ pid }) => uidsOf(pid)[0] === String(uid));
}

/** A setuid program that a user started belongs to the user. */
function isRoots(pid) {
  const uids = uidsOf(pid);
  return uids.length > 0 && uids.every((uid) => uid === '0');
}

/** The real, effective, saved and file system uid; empty if the process has ended. */
function uidsOf(pid) {
  const line = readLines(`/proc/${pid}/status`).find((text) => text.startsWith('Uid:'));
  return line?.split('\t').slice(1) ?? [];
}
