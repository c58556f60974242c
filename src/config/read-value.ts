/** Turns the text of an option into its value, or reports what is wrong with it. config.c has the same rules. */
import { isIPv4, isIPv6 } from 'node:net';
import {
  OPTIONS,
  type OptionKey,
  type OptionSpec,
  type OptionType,
  wantedWords,
} from './options.ts';

/** Longest text of each type, bytes: the size of the fields of struct config. */
export const MAX_TEXT: Readonly<Record<OptionType, number>> = {
  flag: 1,
  choice: 31,
  number: 10,
  profile: 255,
  groups: 255,
  address: 63,
  addresses: 1023,
  path: 4095,
  /** The longest line. */
  text: 8192,
};
/** Longest value that a problem quotes, bytes. */
export const MAX_SHOWN = 100;

export type OptionValue = string | number | boolean | readonly string[];
export type ValueResult = { readonly value: OptionValue } | { readonly problem: string };

export function readValue(key: OptionKey, text: string): ValueResult {
  if (text.startsWith('"') || text.startsWith("'"))
    return { problem: `'${key}' wanted no quotes, got ${shown(text)}; remove them` };
  const spec: OptionSpec = OPTIONS[key];
  if (Buffer.byteLength(text) <= MAX_TEXT[spec.type] && FITS[spec.type](text, spec))
    return { value: typed(spec.type, text) };
  const remedy = spec.default === '' ? 'for none' : `for the default, ${spec.default}`;
  return {
    problem: `'${key}' wanted ${wantedWords(key)}, got ${shown(text)}; correct it, or leave the line out ${remedy}`,
  };
}

/** A value or key as a problem quotes it. */
export function shown(text: string): string {
  if (text === '') return 'nothing';
  const size = Buffer.byteLength(text);
  return size > MAX_SHOWN ? `${size} bytes` : `'${text}'`;
}

const FITS: Readonly<Record<OptionType, (text: string, spec: OptionSpec) => boolean>> = {
  flag: (text) => text === '0' || text === '1',
  choice: (text, { choices = [] }) => choices.includes(text),
  // No sign and no leading zero: some programs read 0755 as octal.
  number: (text, spec) =>
    /^(0|[1-9][0-9]*)$/.test(text) &&
    Number(text) >= (spec.min ?? 0) &&
    Number(text) <= (spec.max ?? 0),
  // libpam turns upper case into lower case, and a slash would lead out of its directory.
  profile: (text) => /^[a-z0-9_][a-z0-9._-]*$/.test(text),
  groups: (text) => listItems(text).every((name) => name !== '' && name === unspaced(name)),
  address: isAddress,
  addresses: (text) => listItems(text).every(isAddress),
  path: (text) => text === '' || text.startsWith('/'),
  // Counted in code points, unlike String.length.
  text: (text, spec) => [...text].length <= (spec.max ?? 0),
};

function isAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}

function typed(type: OptionType, text: string): OptionValue {
  if (type === 'flag') return text === '1';
  if (type === 'groups' || type === 'addresses') return listItems(text);
  return type === 'number' ? Number(text) : text;
}

/** Items are separated by commas only; a space is part of its item. */
function listItems(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

/** Without spaces at both ends (trim() removes other characters than the C reader does). */
function unspaced(text: string): string {
  return text.replace(/^ +| +$/gv, '');
}
