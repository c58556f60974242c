/** Lines that libpam cannot use: what it makes of them is a failure at best. */
import { type Defect, lineOf, type Rule, type Situation, usedFacilities } from '../rule.ts';
import { at, isModule, type LineProblem, type LineProblemCode, type Module } from '../stack.ts';

const TRIAL = 'broken-lines.test.ts';

interface Words {
  readonly why: string;
  readonly mend: string;
  readonly message: (problem: LineProblem) => string;
  readonly fix: (problem: LineProblem, module: Module | undefined) => string;
}

const rewrite = (_: LineProblem, module?: Module): string =>
  module === undefined ? 'TYPE CONTROL MODULE [ARGUMENTS]' : lineOf(module);

const WORDS: Readonly<Partial<Record<LineProblemCode, Words>>> = {
  'unknown-type': {
    why: 'libpam puts a module that always fails in the place of a line whose type it does not know, into auth: nobody gets in.',
    mend: 'begin the line with auth, account, password or session',
    message: ({ came }) => `wanted auth, account, password or session, came '${came}'`,
    fix: () => 'auth required MODULE',
  },
  'unknown-control': {
    why: 'libpam takes every result of the module for a failure when it cannot read the control, success included.',
    mend: 'correct the control: required, requisite, sufficient, optional, include, substack or [result=action …]',
    message: ({ came }) => `wanted a control that libpam knows, came ${came}`,
    fix: (_, module) =>
      module === undefined ? 'auth required MODULE' : lineOf(module, { control: 'required' }),
  },
  'no-module': {
    why: 'libpam puts a module that always fails in the place of a line without one.',
    mend: 'name the module behind the control',
    message: ({ came }) => `wanted a module behind the control, came ${came}`,
    fix: (_, module) =>
      module === undefined ? 'auth required pam_unix.so' : lineOf(module, { path: 'pam_unix.so' }),
  },
  'line-too-long': {
    why: 'Until version 1.7 libpam reads 1,023 bytes of a line and takes the rest for another line, which always fails.',
    mend: 'shorten the line',
    message: ({ came }) =>
      `wanted a line of at most 1,023 bytes, came a longer one, ending '${came}'`,
    fix: rewrite,
  },
  'continued-at-end': {
    why: 'libpam gives up on a file that ends within a line: no service that reads it works.',
    mend: 'remove the backslash at the end of the last line',
    message: () => 'wanted a line that ends, came a backslash at the end of the file',
    fix: rewrite,
  },
  'carriage-return': {
    why: 'libpam takes the carriage return for a part of the last word: a module of that name does not exist.',
    mend: 'write the file with Unix line ends',
    message: () => 'wanted a line that ends with a newline alone, came a carriage return',
    fix: ({ file }) => `sed -i 's/\\r$//' ${file}`,
  },
  'include-missing': {
    why: 'What includes a file that is not there fails: in the place of an include line stands a module that always fails, and with @include libpam does not start at all.',
    mend: 'name a file that exists, or remove the line',
    message: ({ came }) => `wanted a file to include, came '${came}', which does not exist`,
    fix: ({ came, facility }) =>
      facility === null ? `#@include ${came}` : `#${facility} include ${came}`,
  },
  'include-loop': {
    why: 'libpam follows the loop until it crashes (1.5.2 by an include) or gives up (by a substack): nobody gets in.',
    mend: 'remove the line that leads back',
    message: ({ came }) => `wanted a file that is not being read already, came '${came}'`,
    fix: ({ came, facility }) =>
      facility === null ? `#@include ${came}` : `#${facility} include ${came}`,
  },
  'include-too-deep': {
    why: 'libpam refuses files nested deeper than this; a module that always fails stands in their place.',
    mend: 'include fewer files within each other',
    message: ({ came }) => `wanted files nested less than 16 deep, came '${came}' below that`,
    fix: ({ came }) => `#include ${came}`,
  },
  'too-many-rules': {
    why: 'libpam fails with so many rules; they come from files that include each other over and over.',
    mend: 'remove what includes the same files again and again',
    message: ({ came }) => `wanted fewer than ${came}, came that many`,
    fix: () => '#@include',
  },
  unreadable: {
    why: 'What this check cannot read it cannot vouch for.',
    mend: 'make it a regular file that everybody may read',
    message: ({ came }) => `wanted a file to read, came ${came}`,
    fix: ({ file }) => `chmod 0644 ${file}`,
  },
};

export const brokenLines: readonly Rule[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  level: 'error',
  why: words.why,
  mend: words.mend,
  trial: TRIAL,
  find: (situation) =>
    problemsOf(situation)
      .filter((problem) => problem.code === code && applies(problem, situation))
      .map((problem) => describe(problem, words, situation)),
}));

export const atInclude: Rule = {
  code: 'at-include-unknown',
  level: 'error',
  why: '@include is Debian’s. Elsewhere libpam takes it for a type that it does not know and puts a module that always fails in its place, into auth.',
  mend: 'write an include line for each type',
  trial: TRIAL,
  find: (situation) => {
    if (situation.facts.at_include_supported !== false) return [];
    return problemsOf(situation)
      .filter(({ code }) => code === 'at-include')
      .map(({ file, line, came, facility }) => ({
        origin: { file, line },
        message: `wanted a type that libpam knows here, came '@include ${came}'`,
        fix: `${facility ?? came.replace(/^common-/, '')} include ${came}`,
      }));
  },
};

/** Of the profile's own file and, where that lacks a type, of the fallback. */
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
