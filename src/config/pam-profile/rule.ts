/** What a rule is: a defect of profiles, why it is one, how to mend it, and the trial that showed it. */
import type { Facts } from './facts.ts';
import type { Directories } from './load-file.ts';
import type { RootFiles } from './root-files.ts';
import type { Facility, Module, Origin, Profile } from './stack.ts';

export const PURPOSES = ['login', 'session', 'session-with-password'] as const;
/** login: checks who signs in. session: opens sessions, with or without the password of the sign-in. */
export type Purpose = (typeof PURPOSES)[number];
export type Level = 'error' | 'warning' | 'info';

export interface Situation {
  readonly profile: Profile;
  readonly purpose: Purpose;
  readonly facts: Facts;
  readonly files: RootFiles;
  readonly directories: Directories;
}
/** One place where a rule is broken. */
export interface Defect {
  readonly origin: Origin;
  readonly message: string;
  /** The line to write instead, or the command to run. */
  readonly fix: string;
  /** When it is not the rule's. */
  readonly level?: Level;
}
export interface Rule {
  readonly code: string;
  readonly level: Level;
  readonly why: string;
  /** In general; each defect has the very line. */
  readonly mend: string;
  /** The test that shows it, in test/system/pam-check-trials/. */
  readonly trial: string;
  /** Gives rights away: the server does not start with it, even in a session profile. */
  readonly unsafe?: true;
  readonly find: (situation: Situation) => readonly Defect[];
}

/** Those that are called for this purpose. */
export function usedFacilities(purpose: Purpose): readonly Facility[] {
  return purpose === 'login' ? ['auth', 'account', 'password'] : ['auth', 'account', 'session'];
}

/** The line of a module, with changes. */
export function lineOf(
  module: Module,
  change: Partial<Pick<Module, 'control' | 'path' | 'args' | 'facility'>> = {},
): string {
  const { facility, control, path, args } = { ...module, ...change };
  const words = [/[\s=]/.test(control) ? bracket(control) : control];
  for (const word of [path, ...args]) words.push(/\s/.test(word) ? bracket(word) : word);
  return [`${module.silent ? '-' : ''}${facility}`, ...words].join(' ');
}

/** A line that is no longer there. */
export function without(module: Module): string {
  return `#${lineOf(module)}`;
}

function bracket(word: string): string {
  return `[${word.replaceAll(']', '\\]')}]`;
}
