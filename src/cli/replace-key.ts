/** A new random key in place of another: whole or not at all, for those who read it at each use. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './context.ts';

const KEY_BYTES = 32;

/** The directory must be nobody's but root's: the name of the new file is known in advance. */
export function replaceKey(path: string): void {
  const fresh = `${path}.new`;
  try {
    if (!lstatSync(path).isFile()) throw new Error('it is no file');
    rmSync(fresh, { force: true }); // of a run that was interrupted
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

/** Or the old key could be back after a power failure. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
