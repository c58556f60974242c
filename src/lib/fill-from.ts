/** Reads from a descriptor until the buffer is full or there is no more. Returns the number of bytes read. */
import { readSync } from 'node:fs';

export function fillFrom(fd: number, data: Uint8Array): number {
  let size = 0;
  while (size < data.length) {
    const count = readSync(fd, data, size, data.length - size, null);
    if (count === 0) break;
    size += count;
  }
  return size;
}
