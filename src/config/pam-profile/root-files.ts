/** Files of a root directory, the machine's own or an unpacked image: no link leads out of it. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { reads } from '../../lib/reads.ts';

/** Profiles are small; who writes more wants to hang the reader. */
const MAX_BYTES = 1_048_576;
const MAX_LINKS = 40;

export interface Place {
  /** Inside the root, without links. */
  readonly path: string;
  /** Each directory, link and the file itself, as they were met, inside the root. */
  readonly met: readonly string[];
}
export type FileText =
  | { readonly kind: 'text'; readonly text: string; readonly place: Place }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export class RootFiles {
  readonly root: string;

  private readonly seen = new Map<string, Stats | undefined>();

  constructor(root: string) {
    this.root = root.replace(/\/+$/, '');
  }

  /** Null: nothing is there, or its links lead round in circles. */
  locate(path: string): Place | null {
    const todo = path.split('/');
    const met: string[] = ['/'];
    let links = 0;
    let here = '/';
    while (todo.length > 0) {
      const name = todo.shift()!;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        here = join(here, '..');
        continue;
      }
      const next = join(here, name);
      const about = this.look(next);
      if (about === undefined) return null;
      met.push(next);
      if (!about.isSymbolicLink()) {
        here = next;
        continue;
      }
      if (++links > MAX_LINKS) return null;
      const target = readlinkSync(this.outside(next));
      if (target.startsWith('/')) here = '/';
      todo.unshift(...target.split('/'));
    }
    return { path: here, met };
  }

  /** Of the link itself. Looked at once: a profile's modules lie in the same few directories. */
  look(path: string): Stats | undefined {
    if (!this.seen.has(path)) {
      const file = this.outside(path);
      reads.publish(file);
      this.seen.set(path, lstatSync(file, { throwIfNoEntry: false }));
    }
    return this.seen.get(path);
  }

  /** What this user may not look at is not called missing: the broker cannot enter root's directories, PAM can. */
  exists(path: string): boolean {
    try {
      return this.locate(path) !== null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EACCES';
    }
  }

  /** A machine's or an image's root; false for a directory of profiles alone, of which nothing else is known. */
  isWhole(): boolean {
    return this.exists('/usr/bin');
  }

  /** Names in a directory; null when there is none that can be read. */
  list(path: string): string[] | null {
    const place = this.tryLocate(path);
    if (place === null) return null;
    try {
      const directory = this.outside(place.path);
      reads.publish(directory);
      return readdirSync(directory);
    } catch {
      return null;
    }
  }

  /** Bytes as characters 0 to 255, as libpam sees them. A directory reads as empty, as it does for libpam. */
  read(path: string, most = MAX_BYTES): FileText {
    try {
      const place = this.locate(path);
      if (place === null) return { kind: 'missing' };
      // Not blocking: a named pipe must not hang the reader.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
      const file = this.outside(place.path);
      reads.publish(file);
      const fd = openSync(file, flags);
      try {
        return readDescriptor(fd, place, most);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      const { code = 'an error' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
      return { kind: 'unreadable', reason: code };
    }
  }

  /** Where a path of the root lies for this process. */
  outside(path: string): string {
    return `${this.root}${path}`;
  }

  private tryLocate(path: string): Place | null {
    try {
      return this.locate(path);
    } catch {
      return null;
    }
  }
}

function readDescriptor(fd: number, place: Place, most: number): FileText {
  const about = fstatSync(fd);
  if (about.isDirectory()) return { kind: 'text', text: '', place };
  if (!about.isFile()) return { kind: 'unreadable', reason: 'no regular file' };
  const data = Buffer.alloc(Math.min(about.size, most + 1));
  let size = 0;
  while (size < data.length) {
    const count = readSync(fd, data, size, data.length - size, null);
    if (count === 0) break;
    size += count;
  }
  if (size > most) return { kind: 'unreadable', reason: `more than ${most} bytes` };
  return { kind: 'text', text: data.toString('latin1', 0, size), place };
}
