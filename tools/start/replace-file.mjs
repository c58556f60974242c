/** Writes files atomically: after a crash or power failure there is the old file or the complete new one. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** mode: set regardless of the umask. */
export function replaceFile(path, text, mode) {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  try {
    writeFileSync(beside, text, { flag: 'wx', mode: 0o600 });
    putInPlace(beside, path, mode);
  } catch (error) {
    rmSync(beside, { force: true });
    // When the write itself fails, the error of Node does not name the file.
    error.message = `wanted to write '${path}', got ${error.message}`;
    throw error;
  }
}

/** Sets the mode of a finished file and renames it to its final name. */
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
