/** What a rule is: a defect of a profile, why it is a defect, how to fix it, and the test that shows it. */
import type { Facts } from './facts.ts';
import type { Directories } from './load-file.ts';
import type { RootFiles } from './root-files.ts';
import type { Facility, Module, Profile } from './stack.ts';

export const PURPOSES = ['login', 'session', 'session-with-password'] as const;
/** login: signs users in. session: opens sessions, with or without the password of the sign-in. */
export type Purpose = (typeof PURPOSES)[number];
export type Level = 'error' | 'warning' | 'info';

export interface Situation {
  readonly profile: Profile;
  readonly purpose: Purpose;
  readonly facts: Facts;
  readonly files: RootFiles;
  readonly directories: Directories;
}
/** line: null: of a file that does not exist. */
export interface Place {
  readonly file: string;
  readonly line: number | null;
}
/** A place where a profile breaks a rule. */
export interface Defect {
  readonly origin: Place;
  readonly message: string;
  /** The line or lines to write instead, or the command to run. */
  readonly fix: string;
  /** When it differs from the level of the rule. */
  readonly level?: Level;
}
export interface Rule {
  readonly code: string;
  readonly level: Level;
  readonly why: string;
  /** In general; each defect has the line to write. */
  readonly remedy: string;
  /** The test that shows it, in test/system/pam-check-trials/. */
  readonly trial: string;
  /** The defect gives away rights: the server does not start, even if it is in the session profile. */
  readonly unsafe?: true;
  readonly find: (situation: Situation) => readonly Defect[];
}

/** The types that are called for this purpose. */
export function usedFacilities(purpose: Purpose): readonly Facility[] {
  return purpose === 'login' ? ['auth', 'account', 'password'] : ['auth', 'account', 'session'];
}

/** The line of a module, with some fields changed. */
export function lineOf(
  module: Module,
  change: Partial<Pick<Module, 'control' | 'path' | 'args' | 'facility'>> = {},
): string {
  const { facility, control, path, args } = { ...module, ...change };
  const words = [/[\s=]/.test(control) ? bracket(control) : control];
  for (const word of [path === '' ? 'MODULE' : path, ...args])
    words.push(/\s/.test(word) ? bracket(word) : word);
  return [`${module.silent ? '-' : ''}${facility}`, ...words].join(' ');
}

/** The line of a module, commented out. */
export function without(module: Module): string {
  return `#${lineOf(module)}`;
}

function bracket(word: string): string {
  return `[${word.replaceAll(']', '\\]')}]`;
}
