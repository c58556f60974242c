/** Nothing is started that cannot be recorded. The user is told the kind of trouble, but no path. */
import { ProblemError } from '../base/problem.ts';
import type { DiskTrouble, TroubleKind } from './disk-trouble.ts';

const WHAT = 'The disk of this server';
const IS: Readonly<Record<TroubleKind, (what: string) => string>> = {
  full: (what) => `${what} is full`,
  inodes: (what) => `${what} has no room for files`,
  'read-only': (what) => `${what} is read-only`,
  locked: () => 'The database of this server is locked by another program',
  damaged: () => 'The database of this server is damaged',
  incomplete: () => 'The database of this server is damaged',
  refused: () => 'This server may not use its database',
  newer: () => 'The database of this server is of a newer version',
  failing: () => 'This server cannot write to its disk',
};

/** what: the subject of the sentence, with a capital letter. */
export function diskRefusal({ kind, text }: DiskTrouble, what = WHAT): ProblemError {
  return new ProblemError('disk', text, `${IS[kind](what)}, so nothing new can begin.`);
}
