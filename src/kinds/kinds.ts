/** The kinds that there are, and one by its name. */
import type { Kind } from './kind.ts';
import { run } from './run.ts';
import { terminal } from './terminal.ts';

export const KINDS: readonly Kind[] = [terminal, run];

/**
 * A row may be of a kind that is not configured any more: its session goes on, listed, until it ends. It is taken for one
 * that a person started: else their home session would be closed, and the session with it where it runs in that.
 */
export function kindNamed(kinds: readonly Kind[], name: string): Kind {
  return (
    kinds.find((kind) => kind.name === name) ?? { ...run, name, title: name, startedBy: 'person' }
  );
}

/** One that people may start. */
export function startableKind(kinds: readonly Kind[], name: string): Kind | undefined {
  return kinds.find((kind) => kind.name === name && kind.startedBy === 'person');
}

/** What a session is taken for that runs and that no row knows. */
export function foundKind(kinds: readonly Kind[], startedBy: Kind['startedBy']): Kind {
  return kinds.find((kind) => kind.startedBy === startedBy) ?? run;
}
