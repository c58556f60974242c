/** Reads files below a root directory, that of the machine or of an unpacked image. Symbolic links cannot lead out of it. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { fillFrom } from '../../lib/fill-from.ts';
import { reads } from '../../lib/reads.ts';

/** Profiles are small; a larger file could be meant to hang the reader. */
export const MAX_BYTES = 1_048_576;
const MAX_LINKS = 40;

export interface Place {
  /** Inside the root, without links. */
  readonly path: string;
  /** Each directory and link on the way, and the file itself, in this order, inside the root. */
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

  /** Null: nothing is there, or its links form a loop. */
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

  /** lstat of a path, cached: the modules of a profile are in the same few directories. */
  look(path: string): Stats | undefined {
    if (!this.seen.has(path)) {
      const file = this.outside(path);
      reads.publish(file);
      this.seen.set(path, lstatSync(file, { throwIfNoEntry: false }));
    }
    return this.seen.get(path);
  }

  /** True also when permission is denied: the broker cannot enter directories of root, but PAM can. */
  exists(path: string): boolean {
    try {
      return this.locate(path) !== null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EACCES';
    }
  }

  /** Whether this is a complete root file system; false for a directory that holds profiles only. */
  isWhole(): boolean {
    return this.exists('/usr/bin');
  }

  /** Names in a directory; null when it cannot be read. */
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

  /** The bytes as characters 0 to 255. A directory reads as an empty file, as in libpam. */
  read(path: string, most = MAX_BYTES): FileText {
    try {
      const place = this.locate(path);
      if (place === null) return { kind: 'missing' };
      // Non-blocking, so that a named pipe cannot hang the reader.
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

  /** The path outside of the root directory. */
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
  const size = fillFrom(fd, data);
  if (size > most) return { kind: 'unreadable', reason: `more than ${most} bytes` };
  return { kind: 'text', text: data.toString('latin1', 0, size), place };
}
