/** Reads the file of a service and everything that it includes, line by line as libpam does. */
import { ALL_BAD, parseControl } from './control.ts';
import type { RootFiles } from './root-files.ts';
import {
  type Entry,
  FACILITIES,
  type Facility,
  type LineProblem,
  type LineProblemCode,
  type LoadedFile,
  type Module,
  type Origin,
} from './stack.ts';
import { type LogicalLine, readLogicalLines, readWords, toText } from './tokens.ts';

/** libpam refuses a substack, and from version 1.7 on an include, at this depth. */
const MAX_DEPTH = 16;
/** Limits files that include each other several times, whose number of rules doubles with each level. */
const MAX_ENTRIES = 5_000;

/** Where libpam looks for the file of a service, in this order. */
export type Directories = readonly string[];

interface Reading {
  readonly files: RootFiles;
  readonly directories: Directories;
  readonly stacks: Record<Facility, Entry[]>;
  readonly problems: LineProblem[];
  readonly read: Set<string>;
  entries: number;
}
/** Where the reader is. */
interface Position {
  readonly file: string;
  /** In /etc/pam.conf, only lines that begin with this name count; null: the file belongs to one service. */
  readonly service: string | null;
  /** The only type that counts; null: all types. */
  readonly only: Facility | null;
  readonly through: readonly Origin[];
  readonly level: number;
  /** Type and path of each file that is being read. */
  readonly open: readonly string[];
}

/** The file that libpam reads when there is no directory of profiles. */
export const PAM_CONF = '/etc/pam.conf';

/** Null: the file does not exist. */
export function loadFile(
  files: RootFiles,
  directories: Directories,
  name: string,
): LoadedFile | null {
  const split = directories.some((directory) => files.exists(directory));
  const file = findFile(files, directories, split ? name : PAM_CONF);
  if (file === null) return null;
  const service = split ? null : name;
  const stacks = { auth: [], account: [], password: [], session: [] };
  const reading = { files, directories, stacks, problems: [], read: new Set<string>(), entries: 0 };
  readFile(reading, { file, service, only: null, through: [], level: 0, open: [] });
  return { file, stacks, problems: reading.problems, files: [...reading.read] };
}

export function findFile(files: RootFiles, directories: Directories, name: string): string | null {
  if (name.startsWith('/')) return files.exists(name) ? name : null;
  const paths = directories.map((directory) => `${directory}/${name}`);
  return paths.find((path) => files.exists(path)) ?? null;
}

function readFile(reading: Reading, position: Position): void {
  const { file, only } = position;
  reading.read.add(file);
  const found = reading.files.read(file);
  if (found.kind !== 'text') {
    const got = found.kind === 'missing' ? 'no such file' : found.reason;
    reading.problems.push({ code: 'unreadable', file, line: 1, got, facility: only });
    return;
  }
  for (const line of readLogicalLines(found.text)) {
    if (reading.entries >= MAX_ENTRIES) return;
    readLine(reading, position, line);
  }
}

const LINE_CODES = {
  'too-long': 'line-too-long',
  'continued-at-end': 'continued-at-end',
  'carriage-return': 'carriage-return',
} as const;

function readLine(reading: Reading, position: Position, line: LogicalLine): void {
  const words = readWords(line.text);
  if (position.service !== null && words.shift()?.toLowerCase() !== position.service) return;
  const [first = '', second, third, ...rest] = words;
  const isInclude = first.toLowerCase() === '@include';
  const facility = isInclude ? position.only : facilityOf(first);
  const note = (code: LineProblemCode, got: string): void => {
    const where = { file: position.file, line: line.line };
    reading.problems.push({ code, ...where, got: toText(got), facility });
  };
  const relevant = position.only === null || facility === null || facility === position.only;
  if (!relevant) return;
  if (line.problem !== null) note(LINE_CODES[line.problem], line.text.trimEnd().slice(-40));
  if (isInclude) {
    note('at-include', second ?? '');
    include(reading, position, line.line, { target: second, facility: position.only, level: 0 });
    return;
  }
  const where = facility ?? position.only ?? 'auth';
  if (facility === null) note('unknown-type', first);
  readRule(reading, position, {
    line: line.line,
    facility: where,
    silent: first.startsWith('-'),
    words: [second, third, ...rest],
    broken: facility === null,
    note,
  });
}

function facilityOf(word: string): Facility | null {
  const bare = word.replace(/^-/, '').toLowerCase();
  return FACILITIES.find((known) => known === bare) ?? null;
}

interface RuleLine {
  readonly line: number;
  readonly facility: Facility;
  readonly silent: boolean;
  readonly words: readonly (string | undefined)[];
  readonly broken: boolean;
  readonly note: (code: LineProblemCode, got: string) => void;
}

function readRule(reading: Reading, position: Position, rule: RuleLine): void {
  const [word, path, ...args] = rule.words;
  const control = parseControl(word ?? '');
  if (control.kind !== 'actions') {
    const level = control.kind === 'substack' ? 1 : 0;
    include(reading, position, rule.line, { target: path, facility: rule.facility, level });
    return;
  }
  if (word === undefined) rule.note('unknown-control', 'no control');
  else if (control.problem !== null) rule.note('unknown-control', `'${word}': ${control.problem}`);
  else if (path === undefined) rule.note('no-module', `'${word}' without a module`);
  addModule(reading, position, rule, {
    control: toText(word ?? ''),
    actions: word === undefined ? ALL_BAD : control.actions,
    path: toText(path ?? ''),
    args: args.flatMap((arg) => (arg === undefined ? [] : [toText(arg)])),
    broken: rule.broken || path === undefined,
  });
}

function addModule(
  reading: Reading,
  { file, through, level }: Position,
  { line, facility, silent }: Pick<RuleLine, 'line' | 'facility' | 'silent'>,
  about: Pick<Module, 'control' | 'actions' | 'path' | 'args' | 'broken'>,
): void {
  const origin = { file, line };
  const name = about.path.slice(about.path.lastIndexOf('/') + 1);
  countEntry(reading, origin);
  const module = { kind: 'module', facility, origin, through, level, name, silent } as const;
  reading.stacks[facility].push({ ...module, ...about });
}

interface Inclusion {
  readonly target: string | undefined;
  readonly facility: Facility | null;
  readonly level: 0 | 1;
}

function include(reading: Reading, position: Position, line: number, wish: Inclusion): void {
  const { files, directories, stacks } = reading;
  const { facility } = wish;
  const origin = { file: position.file, line };
  countEntry(reading, origin);
  const target = wish.target === undefined ? '' : toText(wish.target);
  const level = position.level + wish.level;
  if (wish.level === 1 && facility !== null) {
    const { through, level } = position;
    stacks[facility].push({ kind: 'substack', facility, origin, through, level, target });
  }
  const file = target === '' ? null : findFile(files, directories, target);
  const key = `${facility ?? '*'} ${file}`;
  const open = [...position.open, `${position.only ?? '*'} ${position.file}`];
  const through = [...position.through, origin];
  const code =
    file === null
      ? 'include-missing'
      : open.includes(key)
        ? 'include-loop'
        : through.length >= MAX_DEPTH
          ? 'include-too-deep'
          : null;
  if (code === null) {
    readFile(reading, { file: file!, service: null, only: facility, through, level, open });
    return;
  }
  reading.problems.push({ code, ...origin, got: target, facility });
  const about = { control: 'include', actions: ALL_BAD, path: target, args: [], broken: true };
  if (facility !== null) addModule(reading, position, { line, facility, silent: false }, about);
}

function countEntry(reading: Reading, origin: Origin): void {
  reading.entries += 1;
  if (reading.entries !== MAX_ENTRIES) return;
  const got = `${MAX_ENTRIES} rules`;
  reading.problems.push({ code: 'too-many-rules', ...origin, got, facility: null });
}
