/** A profile as libpam loads it: a list of modules for each type, with included files expanded in place. */
import type { Actions } from './control.ts';

export const FACILITIES = ['auth', 'account', 'password', 'session'] as const;
export type Facility = (typeof FACILITIES)[number];

export interface Origin {
  readonly file: string;
  readonly line: number;
}
export interface Module {
  readonly kind: 'module';
  readonly facility: Facility;
  readonly origin: Origin;
  /** The include lines that led here, outermost first. */
  readonly through: readonly Origin[];
  /** Number of substacks around it. */
  readonly level: number;
  /** As written in the file. */
  readonly control: string;
  readonly actions: Actions;
  /** As written in the file; '' when the line has none. */
  readonly path: string;
  /** Without the directory. */
  readonly name: string;
  readonly args: readonly string[];
  /** The type had a '-' before it. */
  readonly silent: boolean;
  /** libpam cannot call it: it counts as a failure. */
  readonly broken: boolean;
}
export interface Substack {
  readonly kind: 'substack';
  readonly facility: Facility;
  readonly origin: Origin;
  readonly through: readonly Origin[];
  readonly level: number;
  readonly target: string;
}
export type Entry = Module | Substack;

/** Problems of a line that do not depend on the purpose of the profile. */
export const LINE_PROBLEMS = [
  'unknown-type',
  'unknown-control',
  'no-module',
  'line-too-long',
  'continued-at-end',
  'carriage-return',
  'include-missing',
  'include-loop',
  'include-too-deep',
  'too-many-rules',
  'at-include',
  'unreadable',
] as const;
export type LineProblemCode = (typeof LINE_PROBLEMS)[number];
export interface LineProblem extends Origin {
  readonly code: LineProblemCode;
  /** What was found instead. */
  readonly got: string;
  /** Null: it affects the whole profile, and libpam does not start. */
  readonly facility: Facility | null;
}

export type Stacks = Readonly<Record<Facility, readonly Entry[]>>;
/** The file of a service, or the fallback. */
export interface LoadedFile {
  readonly file: string;
  readonly stacks: Stacks;
  readonly problems: readonly LineProblem[];
  /** All files that were read, by the path that was requested. */
  readonly files: readonly string[];
}

export interface Profile {
  readonly service: string;
  /** Path of its file, whether it exists or not. */
  readonly file: string;
  readonly own: LoadedFile | null;
  readonly other: LoadedFile | null;
  /** What libpam uses: the rules of the profile or, for a type without rules, those of the fallback. */
  readonly stacks: Stacks;
  /** The types whose rules come from the fallback. */
  readonly borrowed: readonly Facility[];
}

export function isModule(entry: Entry): entry is Module {
  return entry.kind === 'module';
}

export function modulesOf(profile: Profile, facility: Facility): readonly Module[] {
  return profile.stacks[facility].filter(isModule);
}

/** For people. */
export function nameOf({ name }: Module): string {
  return name === '' ? '(no module)' : name;
}

export function at({ file, line }: Origin): string {
  return `${file}:${line}`;
}
