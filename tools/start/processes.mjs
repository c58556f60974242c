/** Looks for processes in /proc, as root. Zombies have no program any more and are not seen. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const INSTALLED = '/usr/local/lib/vestibule';

/**
 * pid and program of root's processes whose program lies under `directory`. What others call their programs counts for
 * nothing: in a mount namespace of their own, any path is theirs to make.
 */
export function rootProcessesUnder(directory) {
  return everyProcess().filter(
    ({ pid, program }) => program.startsWith(`${directory}/`) && isRoots(pid),
  );
}

/** The program of a process of root's; '' when there is none. */
export function programOf(pid) {
  return isRoots(pid) ? link(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '') : '';
}

/** pid and name of who listens on a TCP port, as far as it can be seen. */
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

/** Kills the processes that `find` gives, until it gives none; false when that takes too long. */
export async function killUntilGone(find, seconds) {
  // Not children of ours: nothing tells when they end. And they may have children meanwhile.
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

/** What ends while it is looked at reads as nothing. */
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

/** Every living process of a user. */
export function processesOf(uid) {
  return everyProcess().filter(({ pid }) => uidsOf(pid)[0] === String(uid));
}

/** A setuid program that a user started is the user's. */
function isRoots(pid) {
  const uids = uidsOf(pid);
  return uids.length > 0 && uids.every((uid) => uid === '0');
}

/** real, effective, saved, of the file system; none when it is gone */
function uidsOf(pid) {
  const line = readLines(`/proc/${pid}/status`).find((text) => text.startsWith('Uid:'));
  return line?.split('\t').slice(1) ?? [];
}
