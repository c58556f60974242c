/** Looks for processes in /proc, as root. Zombies have no program any more and are not seen. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const INSTALLED = '/usr/local/lib/vestibule';

/** pid and program of every process whose program lies under `directory`. */
export function processesUnder(directory) {
  return everyProcess().filter(({ program }) => program.startsWith(`${directory}/`));
}

/** The server that runs on this machine, if one does. */
export function findServer() {
  const found = processesUnder(INSTALLED).find(({ program }) =>
    program.replace(/ \(deleted\)$/, '').endsWith('/bin/vestibule-supervise'),
  );
  return found?.pid ?? null;
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

/** Sends a signal to each of the processes that `find` gives, until it gives none; false when that takes too long. */
export async function signalUntilGone(find, signal, seconds) {
  for (const { pid } of find()) kill(pid, signal);
  // Not children of ours: nothing tells when they end.
  for (let left = seconds * 20; left > 0; left--) {
    if (find().length === 0) return true;
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
const kill = (pid, signal) => quietly(() => process.kill(pid, signal), false);

/** Every living process of a user. */
export function processesOf(uid) {
  return everyProcess().filter(({ pid }) =>
    readLines(`/proc/${pid}/status`).some(
      (line) => line.startsWith('Uid:') && line.split('\t')[1] === String(uid),
    ),
  );
}
