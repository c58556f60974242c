/** Lines that libpam cannot use. In most cases it puts a module that always fails in their place. */
import { type Defect, lineOf, type Rule, type Situation, usedFacilities } from '../rule.ts';
import { at, isModule, type LineProblem, type LineProblemCode, type Module } from '../stack.ts';

const TRIAL = 'broken-lines.test.ts';

interface Words {
  readonly why: string;
  readonly remedy: string;
  readonly message: (problem: LineProblem) => string;
  readonly fix: (problem: LineProblem, module: Module | undefined) => string;
}

const rewrite = (_: LineProblem, module?: Module): string =>
  module === undefined ? 'TYPE CONTROL MODULE [ARGUMENTS]' : lineOf(module);

const WORDS: Readonly<Partial<Record<LineProblemCode, Words>>> = {
  'unknown-type': {
    why: 'libpam replaces a line of unknown type with an auth module that always fails: nobody can sign in.',
    remedy: 'begin the line with auth, account, password or session',
    message: ({ got }) => `wanted auth, account, password or session, got '${got}'`,
    fix: () => 'auth required MODULE',
  },
  'unknown-control': {
    why: 'When libpam cannot parse the control, it takes every result of the module for a failure, even success.',
    remedy:
      'correct the control: required, requisite, sufficient, optional, include, substack or [result=action …]',
    message: ({ got }) => `wanted a control that libpam knows, got ${got}`,
    fix: (_, module) =>
      module === undefined ? 'auth required MODULE' : lineOf(module, { control: 'required' }),
  },
  'no-module': {
    why: 'libpam replaces a line without a module with a module that always fails.',
    remedy: 'write the name of a module after the control',
    message: ({ got }) => `wanted a module after the control, got ${got}`,
    fix: (_, module) =>
      module === undefined ? 'auth required pam_unix.so' : lineOf(module, { path: 'pam_unix.so' }),
  },
  'line-too-long': {
    why: 'Before version 1.7 libpam reads 1,023 bytes of a line and takes the rest for another line, which always fails.',
    remedy: 'shorten the line',
    message: ({ got }) => `wanted a line of at most 1,023 bytes, got a longer one, ending '${got}'`,
    fix: rewrite,
  },
  'continued-at-end': {
    why: 'libpam rejects a file that ends inside a continued line: no service that reads it works.',
    remedy: 'remove the backslash at the end of the last line',
    message: () => 'wanted a line that ends, got a backslash at the end of the file',
    fix: rewrite,
  },
  'carriage-return': {
    why: 'libpam takes the carriage return for a part of the last word, and does not find a module of that name.',
    remedy: 'save the file with Unix line endings',
    message: () => 'wanted a line that ends with a newline alone, got a carriage return',
    fix: ({ file }) => `sed -i 's/\\r$//' ${file}`,
  },
  'include-missing': {
    why: 'libpam replaces an include line whose file does not exist with a module that always fails. With @include it does not start at all.',
    remedy: 'name a file that exists, or remove the line',
    message: ({ got }) => `wanted a file to include, got '${got}', which does not exist`,
    fix: ({ got, facility }) =>
      facility === null ? `#@include ${got}` : `#${facility} include ${got}`,
  },
  'include-loop': {
    why: 'libpam follows the loop until it crashes (1.5.2, with include) or gives up (with substack): nobody can sign in.',
    remedy: 'remove the line that closes the loop',
    message: ({ got }) => `wanted a file that does not include this one, got '${got}'`,
    fix: ({ got, facility }) =>
      facility === null ? `#@include ${got}` : `#${facility} include ${got}`,
  },
  'include-too-deep': {
    why: 'libpam refuses files that are nested too deeply and puts a module that always fails in their place.',
    remedy: 'nest fewer files',
    message: ({ got }) => `wanted files nested less than 16 deep, got '${got}' below that`,
    fix: ({ got }) => `#include ${got}`,
  },
  'too-many-rules': {
    why: 'libpam fails with so many rules. They come from files that are included over and over.',
    remedy: 'remove the lines that include the same files again and again',
    message: ({ got }) => `wanted fewer than ${got}, got that many`,
    fix: () => '#@include',
  },
  unreadable: {
    why: 'This check cannot say anything about a file that it cannot read.',
    remedy: 'make it a regular file that everybody may read',
    message: ({ got }) => `wanted a file to read, got ${got}`,
    fix: ({ file }) => `chmod 0644 ${file}`,
  },
};

export const brokenLines: readonly Rule[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  level: 'error',
  why: words.why,
  remedy: words.remedy,
  trial: TRIAL,
  find: (situation) =>
    problemsOf(situation)
      .filter((problem) => problem.code === code && applies(problem, situation))
      .map((problem) => describe(problem, words, situation)),
}));

export const atInclude: Rule = {
  code: 'at-include-unknown',
  level: 'error',
  why: 'Only libpam on Debian has @include. Elsewhere it is a line of unknown type, which libpam replaces with an auth module that always fails.',
  remedy: 'write an include line for each type',
  trial: TRIAL,
  find: (situation) => {
    if (situation.facts.at_include_supported !== false) return [];
    return problemsOf(situation)
      .filter(({ code }) => code === 'at-include')
      .map(({ file, line, got, facility }) => ({
        origin: { file, line },
        message: `wanted a type that libpam knows here, got '@include ${got}'`,
        fix: `${facility ?? got.replace(/^common-/, '')} include ${got}`,
      }));
  },
};

/** The problems of the profile's file and, when a type is missing there, of the fallback. */
function problemsOf({ profile }: Situation): readonly LineProblem[] {
  const borrows = profile.borrowed.length > 0;
  const all = [
    ...(profile.own?.problems ?? []),
    ...(borrows ? (profile.other?.problems ?? []) : []),
  ];
  const seen = new Set<string>();
  return all.filter((problem) => {
    const key = `${problem.code} ${at(problem)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function applies({ code }: LineProblem, { facts }: Situation): boolean {
  return code !== 'line-too-long' || facts.linux_pam === null || !isFrom17(facts.linux_pam);
}

function isFrom17(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 7);
}

function describe(problem: LineProblem, words: Words, { profile, purpose }: Situation): Defect {
  const { file, line, facility } = problem;
  const entries = Object.values(profile.stacks).flat().filter(isModule);
  const module = entries.find(({ origin }) => origin.file === file && origin.line === line);
  const isUsed = facility === null || usedFacilities(purpose).includes(facility);
  return {
    origin: { file, line },
    message: words.message(problem),
    fix: words.fix(problem, module),
    ...(isUsed ? {} : { level: 'warning' }),
  };
}
