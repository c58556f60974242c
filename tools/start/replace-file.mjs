/** Files that are there whole or not at all, also after a crash or a power cut: written beside, synced, renamed. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** mode: whatever the umask is */
export function replaceFile(path, text, mode) {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  try {
    writeFileSync(beside, text, { flag: 'wx', mode: 0o600 });
    putInPlace(beside, path, mode);
  } catch (error) {
    rmSync(beside, { force: true });
    // Node names no file where it is the write that fails.
    error.message = `wanted to write '${path}', came ${error.message}`;
    throw error;
  }
}

/** Gives a finished file its mode and its name. */
export function putInPlace(beside, path, mode) {
  const fd = openSync(beside, 'r');
  try {
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, path);
}
