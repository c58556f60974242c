/**
 * Allows one start or end of the server at a time: a lock (flock(2)) on a file that only root can open. A server holds it,
 * with its pid in the file, until it has cleaned up. While the file is empty, the server is starting or stopping.
 */
import { spawnSync } from 'node:child_process';
import { fchmodSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { programOf } from './processes.mjs';
import { SetupError, say } from './report.mjs';

export const LOCK = '/run/vestibule.lock';
/** start.sh opens the lock as this descriptor, and the server, which it executes, keeps it. */
export const LOCK_DESCRIPTOR = 9;

export function openLock() {
  return openSync(LOCK, 'a+', 0o600);
}

/** Returns when we hold the lock. While a server holds it, `onServer` is called with its pid, repeatedly. */
export async function takeLock(fd, onServer) {
  for (let said = false; !tryLock(fd); said = true) {
    const pid = findServer();
    if (pid !== null) onServer(pid);
    else if (!said) say('a server is starting or stopping here: waiting for it …');
    await wait(100);
  }
  if (fstatSync(fd).ino !== statSync(LOCK, { throwIfNoEntry: false })?.ino)
    throw new SetupError(`'${LOCK}' was removed in the meantime (npm run uninstall): start again`);
  fchmodSync(fd, 0o600);
  ftruncateSync(fd);
}

export function refuseSecondServer(pid) {
  throw new SetupError(
    `a server is already running here (pid ${pid}): stop it first (kill ${pid})`,
  );
}

/** flock(1) locks the open file that we share with it, so the lock is ours, too. */
function tryLock(fd) {
  const stdio = ['ignore', 'ignore', 'ignore', fd];
  const { status, error } = spawnSync('flock', ['--nonblock', '3'], { stdio });
  if (status === 0 || status === 1) return status === 0;
  throw new SetupError(`flock wanted status 0 or 1 for '${LOCK}', got ${error?.message ?? status}`);
}

/** The pid of the server that holds the lock; null: the owner is not a server. */
function findServer() {
  const pid = Number(readFileSync(LOCK, 'utf8'));
  return pid > 0 && programOf(pid).endsWith('/bin/vestibule-supervise') ? pid : null;
}
