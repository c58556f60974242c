/** Reads the configuration: defaults, then /etc/vestibule/vestibule.conf, then the overrides of `npm start`. */
import { PATHS } from '../protocol/broker-leader.ts';
import { findClashes } from './find-clashes.ts';
import { type Configuration, OPTION_KEYS, OPTIONS, type OptionKey } from './options.ts';
import { type ParsedFile, type Problem, parseFile } from './parse.ts';
import { readRootFile } from './read-root-file.ts';
import { type OptionValue, readValue } from './read-value.ts';

export type { Configuration, OptionKey } from './options.ts';
export type { Problem } from './parse.ts';

export type Origin = 'default' | { readonly file: string; readonly line: number };
export interface LoadedConfiguration {
  /** Not to be used when there are problems. */
  readonly values: Configuration;
  readonly origins: Readonly<Record<OptionKey, Origin>>;
  /** All problems, ordered by file and line. */
  readonly problems: readonly Problem[];
}
export interface ConfigurationFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A later file wins over an earlier one. A missing file is no problem. */
export function loadConfiguration(
  options: { files?: readonly string[] } = {},
): LoadedConfiguration {
  const draft = newDraft();
  for (const file of options.files ?? [PATHS.configuration, PATHS.overrides]) {
    const result = readRootFile(file);
    if (result === null) continue;
    if ('problem' in result) draft.problems.push({ file, line: 1, text: result.problem });
    else takeFile(draft, file, parseFile(result.data));
  }
  return finish(draft);
}

/** The same for the contents of files, whose owner and mode are not checked. */
export function parseConfiguration(files: readonly ConfigurationFile[]): LoadedConfiguration {
  const draft = newDraft();
  for (const { name, data } of files) takeFile(draft, name, parseFile(data));
  return finish(draft);
}

/** One line for people. */
export function problemLine(problem: Problem): string {
  return `${problem.file}:${problem.line}: ${problemText(problem)}`;
}

export function problemText({ text, near }: Problem): string {
  return near === undefined ? text : `${text} (did you mean '${near}'?)`;
}

interface Draft {
  readonly values: Record<OptionKey, OptionValue>;
  readonly origins: Record<OptionKey, Origin>;
  /** Keys whose last value was invalid; no further problem is reported for them. */
  readonly bad: Set<OptionKey>;
  /** Keys in the order in which they were set. */
  readonly order: OptionKey[];
  readonly problems: Problem[];
}

function newDraft(): Draft {
  const values: Partial<Draft['values']> = {};
  const origins: Partial<Draft['origins']> = {};
  for (const key of OPTION_KEYS) {
    const result = readValue(key, OPTIONS[key].default);
    if ('problem' in result) throw new Error(`default of ${result.problem}`);
    values[key] = result.value;
    origins[key] = 'default';
  }
  return {
    values: values as Draft['values'],
    origins: origins as Draft['origins'],
    bad: new Set(),
    order: [],
    problems: [],
  };
}

function takeFile(draft: Draft, file: string, parsed: ParsedFile): void {
  const found = parsed.problems.map((problem): Problem => ({ file, ...problem }));
  for (const { key, text, line } of parsed.entries) {
    const result = readValue(key, text);
    if ('problem' in result) {
      found.push({ file, line, text: result.problem });
      draft.bad.add(key);
      continue;
    }
    draft.values[key] = result.value;
    draft.origins[key] = { file, line };
    draft.bad.delete(key);
    draft.order.push(key);
  }
  draft.problems.push(...found.sort((a, b) => a.line - b.line));
}

function finish({ values, origins, bad, order, problems }: Draft): LoadedConfiguration {
  const configuration = values as Configuration;
  for (const { keys, wanted } of findClashes(configuration)) {
    if (keys.some((key) => bad.has(key))) continue;
    const later = order.findLast((key) => keys.includes(key));
    const origin = later === undefined ? 'default' : origins[later];
    const text = `'${keys[0]}' and '${keys[1]}' wanted ${wanted}`;
    if (origin !== 'default') problems.push({ ...origin, text });
  }
  return { values: configuration, origins, problems };
}
