/** Reads the first line of a descriptor as bytes, never as a string. The rest is left for the program. */
import { readSync } from 'node:fs';
import { MAX_SECRET } from '../../protocol/sealed-answer.ts';
import { RunError } from './run-error.ts';

/** The caller wipes the password. */
export function readPassword(fd: number): Buffer {
  // A buffer of its own: Node's pool for small buffers would keep copies.
  const line = Buffer.allocUnsafeSlow(MAX_SECRET + 1);
  let size = 0;
  // Byte by byte, so that it takes nothing of the next line.
  while (readByte(fd, line, size) && line[size] !== 0x0a) {
    size += 1;
    if (size > MAX_SECRET) {
      line.fill(0);
      throw new RunError(
        `wanted a password of at most ${MAX_SECRET} bytes on the first line of stdin, got more`,
      );
    }
  }
  if (size > 0) return line.subarray(0, size);
  throw new RunError('wanted a password on the first line of stdin, got nothing');
}

function readByte(fd: number, into: Buffer, at: number): boolean {
  try {
    return readSync(fd, into, at, 1, null) === 1;
  } catch (error) {
    throw new RunError(`wanted a password on stdin, got ${(error as NodeJS.ErrnoException).code}`);
  }
}
