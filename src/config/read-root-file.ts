/** Reads a file that only root can write to; config.c does the same. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { fillFrom } from '../lib/fill-from.ts';
import { reads } from '../lib/reads.ts';
import { MAX_FILE_BYTES } from './parse.ts';

/** Null: the file does not exist. Reads at most one byte more than parseFile accepts. */
export function readRootFile(
  file: string,
): { readonly data: Uint8Array } | { readonly problem: string } | null {
  let fd: number;
  reads.publish(file);
  try {
    // Non-blocking, so that a named pipe cannot hang the reader.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { problem: `wanted to read it, got ${code}; chmod 0644 it` };
  }
  try {
    return readDescriptor(fd);
  } finally {
    closeSync(fd);
  }
}

function readDescriptor(fd: number): { readonly data: Uint8Array } | { readonly problem: string } {
  const about = fstatSync(fd);
  if (!about.isFile()) return { problem: 'wanted a regular file, got another kind; replace it' };
  if (about.uid !== 0 || (about.mode & 0o022) !== 0)
    return {
      problem: `wanted a file that only root can write, got mode ${(about.mode & 0o7777).toString(8).padStart(4, '0')} of uid ${about.uid}; chown root and chmod 0644 it`,
    };
  const data = Buffer.alloc(Math.min(about.size, MAX_FILE_BYTES + 1));
  return { data: data.subarray(0, fillFrom(fd, data)) };
}
