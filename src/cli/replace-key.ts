/** Replaces a key by a new random one, atomically: other processes read the file at each use. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './context.ts';

const KEY_BYTES = 32;

/** Only root may have write access to the directory: others could predict the name of the new file. */
export function replaceKey(path: string): void {
  const fresh = `${path}.new`;
  try {
    if (!lstatSync(path).isFile()) throw new Error('it is not a regular file');
    rmSync(fresh, { force: true }); // left by an interrupted run
    const fd = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(fd, randomBytes(KEY_BYTES));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, path);
    syncDirectory(dirname(path));
  } catch (error) {
    throw new CliError(`wanted to replace '${path}', got: ${(error as Error).message}`);
  }
}

/** Without this the old key could be back after a power failure. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
