/** Finds out from an error and the state of the file system why something cannot be written: a kind and a text. */
import { accessSync, closeSync, constants, openSync, statfsSync, unlinkSync } from 'node:fs';

export type TroubleKind =
  | 'full'
  | 'inodes'
  | 'read-only'
  | 'locked'
  | 'damaged'
  | 'incomplete'
  | 'refused'
  | 'newer'
  | 'failing';

export interface DiskTrouble {
  readonly kind: TroubleKind;
  /** The file or directory. */
  readonly path: string;
  /** For administrators: what is wrong and what to do. */
  readonly text: string;
}

/** A trouble that open-file.ts or migrate.ts detects itself, without an error of SQLite. */
export class TroubleError extends Error {
  readonly kind: TroubleKind;

  constructor(kind: TroubleKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const ASIDE =
  "replace it by a good copy, or let the server create a new one: 'vestibule set-database-aside'";
const WORDS: Readonly<Record<TroubleKind, (path: string) => string>> = {
  full: (path) => `the disk of '${path}' is full: make room`,
  inodes: (path) => `the disk of '${path}' has no inodes left: remove files`,
  'read-only': (path) => `the disk of '${path}' is read-only: mount it writable`,
  locked: (path) => `another program holds '${path}': end it`,
  damaged: (path) => `'${path}' is damaged: ${ASIDE}`,
  incomplete: (path) => `'${path}' lacks the latest changes, its '-wal' file: ${ASIDE}`,
  refused: (path) => `'${path}' may not be read and written by the user of the broker: chown it`,
  newer: (path) => `'${path}' was used by a newer Vestibule: install that one, or ${ASIDE}`,
  failing: (path) => `'${path}' cannot be written`,
};

export function troubleOf(path: string, error: unknown): DiskTrouble {
  const kind = error instanceof TroubleError ? error.kind : kindOf(path, error);
  const detail = error instanceof Error ? error.message : String(error);
  return { kind, path, text: `${WORDS[kind](path)} (${detail})` };
}

/** The state of a directory in which other processes write; null: there is room. */
export function lookAtDisk(path: string): DiskTrouble | null {
  const kind = stateOf(path);
  return kind && { kind, path, text: WORDS[kind](path) };
}

/** By the primary result code of SQLite, or by errno. */
function kindOf(path: string, error: unknown): TroubleKind {
  const { errcode = 0, code } = error as { errcode?: number; code?: string };
  switch (errcode & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return 'locked';
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return 'damaged';
    case 13: // SQLITE_FULL
      return stateOf(path) ?? 'full';
    default:
      return stateOf(path) ?? kindByTrying(path, code);
  }
}

/** After an I/O error a file system may be read-only although access(2) does not say so: creating a file shows it. */
function kindByTrying(path: string, code: string | undefined): TroubleKind {
  if (code === 'EACCES' || code === 'EPERM') return 'refused';
  const trial = `${path}.trial`;
  try {
    closeSync(openSync(trial, 'wx'));
    unlinkSync(trial);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    if (why === 'EROFS') return 'read-only';
    if (why === 'ENOSPC') return 'inodes';
    if (why === 'EDQUOT') return 'full';
  }
  return 'failing';
}

/** The state of its file system. Blocks reserved for root do not count as free (bavail). */
function stateOf(path: string): 'full' | 'inodes' | 'read-only' | null {
  try {
    const { bavail, files, ffree } = statfsSync(path);
    if (bavail === 0) return 'full';
    // Some file systems have no fixed number of inodes and say 0 of 0.
    if (files > 0 && ffree === 0) return 'inodes';
    accessSync(path, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EROFS') return 'read-only';
  }
  return null;
}
