/** A profile as libpam holds it: for each facility a list of modules, with all that was included in its place. */
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
  /** Of the include lines that led here, outermost first. */
  readonly through: readonly Origin[];
  /** How many substacks it is inside of. */
  readonly level: number;
  /** As it stands in the file. */
  readonly control: string;
  readonly actions: Actions;
  /** As it stands in the file; '' when the line names none. */
  readonly path: string;
  /** Without directory. */
  readonly name: string;
  readonly args: readonly string[];
  /** The type had a '-' before it. */
  readonly silent: boolean;
  /** libpam cannot call it: it counts as one that failed. */
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

/** What is wrong with a line whatever the profile is for. */
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
  /** What came. */
  readonly came: string;
  /** Null: the whole profile is lost, libpam does not start. */
  readonly facility: Facility | null;
}

export type Stacks = Readonly<Record<Facility, readonly Entry[]>>;
/** One service's file, or the fallback's. */
export interface LoadedFile {
  readonly file: string;
  readonly stacks: Stacks;
  readonly problems: readonly LineProblem[];
  /** Every file that was read, by the path it was asked for. */
  readonly files: readonly string[];
}

export interface Profile {
  readonly service: string;
  /** Where its file is, or would be. */
  readonly file: string;
  readonly own: LoadedFile | null;
  readonly other: LoadedFile | null;
  /** What libpam uses: its own rules or, for a facility that has none, those of the fallback. */
  readonly stacks: Stacks;
  /** The facilities that come from the fallback. */
  readonly borrowed: readonly Facility[];
}

export function isModule(entry: Entry): entry is Module {
  return entry.kind === 'module';
}

export function modulesOf(profile: Profile, facility: Facility): readonly Module[] {
  return profile.stacks[facility].filter(isModule);
}

export function at({ file, line }: Origin): string {
  return `${file}:${line}`;
}
