/** Reads PAM profiles as libpam does (pam.d(5)): lines, @include, include and substack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where libpam looks for a profile, in this order. */
export const PAM_DIRECTORIES = ['/etc/pam.d', '/usr/lib/pam.d'] as const;
/** libpam gives up at this depth of includes. */
const MAX_DEPTH = 32;

export type PamType = 'auth' | 'account';
export interface PamRule {
  readonly file: string;
  readonly line: number;
  readonly control: string;
  /** Without its directory. */
  readonly module: string;
  /** The rules of a substack, which then has no module. */
  readonly substack?: readonly PamRule[];
}
/** A file that is named but not there, or cannot be read. */
export class PamFileError extends Error {
  override readonly name = 'PamFileError';
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, message: string) {
    super(message);
    this.file = file;
    this.line = line;
  }
}

/** The path of a profile; null when there is none. */
export function findProfile(profile: string, directories: readonly string[]): string | null {
  return directories.map((directory) => join(directory, profile)).find(exists) ?? null;
}

/** The rules of one type in a profile's file, what it includes put in its place. Throws PamFileError. */
export function readStack(
  path: string,
  type: PamType,
  directories: readonly string[],
  depth = 0,
): PamRule[] {
  return readLines(path).flatMap(({ line, words }) => {
    const [first = '', control = '', name = ''] = words;
    const include = (profile: string): PamRule[] => {
      const target = profile.startsWith('/') ? profile : findProfile(profile, directories);
      if (target === null || depth >= MAX_DEPTH)
        throw new PamFileError(
          path,
          line,
          `wanted the profile '${profile}', came none; PAM refuses everyone`,
        );
      return readStack(target, type, directories, depth + 1);
    };
    if (first.toLowerCase() === '@include') return include(control);
    if (first.toLowerCase().replace(/^-/, '') !== type) return [];
    if (control.toLowerCase() === 'include') return include(name);
    const rule = { file: path, line, control: control.toLowerCase() };
    if (rule.control === 'substack') return [{ ...rule, module: '', substack: include(name) }];
    return [{ ...rule, module: name.slice(name.lastIndexOf('/') + 1) }];
  });
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** Logical lines with the number of their first; a control in brackets is one word. */
function readLines(path: string): { readonly line: number; readonly words: readonly string[] }[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PamFileError(
      path,
      1,
      `wanted to read it, came ${(error as NodeJS.ErrnoException).code}`,
    );
  }
  const found = [];
  let whole = '';
  let start = 1;
  for (const [index, part] of text.split('\n').entries()) {
    if (whole === '') start = index + 1;
    whole += part.replace(/#.*/, '').replace(/\\$/, ' ');
    if (part.endsWith('\\')) continue;
    const words = whole.match(/\[[^\]]*\]|\S+/g);
    if (words !== null) found.push({ line: start, words });
    whole = '';
  }
  return found;
}
