/** Names that root types, and what is told when nothing here has them. */
import { openProfile } from '../config/pam-profile/check.ts';
import { type Entry, findEntry } from '../lib/find-entry.ts';
import { type Context, printLine } from './context.ts';

/** For a directory that is away. */
const NAME_MS = 5000;

export function findPerson(name: string): Entry {
  return findEntry('passwd', name, NAME_MS);
}

export function warnWithoutProfile({ err }: Context, service: string): void {
  if (openProfile({ service, root: '', facts: {} }).own === null)
    printLine(err, `warning: there is no profile '${service}': PAM uses 'other'`);
}
