/** Parses the bytes of vestibule.conf: `key=value` lines, comments with #. config.c does the same, step by step. */
import { nearestKey } from './nearest-key.ts';
import { OPTION_KEYS, type OptionKey } from './options.ts';
import { shown } from './read-value.ts';

export const MAX_FILE_BYTES = 1_048_576;
export const MAX_LINE_BYTES = 8192;

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** The option that was probably meant by an unknown key; the C reader does not have this. */
  readonly near?: OptionKey;
}
export interface Entry {
  readonly key: OptionKey;
  readonly text: string;
  readonly line: number;
}
export interface ParsedFile {
  readonly entries: readonly Entry[];
  readonly problems: readonly Omit<Problem, 'file'>[];
}

export function parseFile(data: Uint8Array): ParsedFile {
  if (data.length > MAX_FILE_BYTES) {
    const text = `wanted at most ${MAX_FILE_BYTES} bytes, got more; is it the right file?`;
    return { entries: [], problems: [{ line: 1, text }] };
  }
  const entries = new Map<OptionKey, Entry>();
  const problems: Omit<Problem, 'file'>[] = [];
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  // One character for each byte, until a value is known to be UTF-8.
  const lines = bytes
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n');
  for (const [index, whole] of lines.entries()) {
    const result = parseLine(trim(whole));
    if (result === null) continue;
    const line = index + 1;
    if ('problem' in result) {
      const { problem: text, near } = result;
      problems.push(near === undefined ? { line, text } : { line, text, near });
      continue;
    }
    const first = entries.get(result.key);
    if (first === undefined) entries.set(result.key, { ...result, line });
    else {
      const text = `'${result.key}' is set again, first on line ${first.line}; keep one of them`;
      problems.push({ line, text });
    }
  }
  return { entries: [...entries.values()], problems };
}

function parseLine(
  line: string,
):
  | { readonly key: OptionKey; readonly text: string }
  | { readonly problem: string; readonly near?: OptionKey | undefined }
  | null {
  if (line === '' || line.startsWith('#')) return null;
  if (line.length > MAX_LINE_BYTES)
    return {
      problem: `wanted a line of at most ${MAX_LINE_BYTES} bytes, got ${line.length}; shorten it`,
    };
  const equals = line.indexOf('=');
  const key = decode(trim(equals < 0 ? line : line.slice(0, equals)));
  const text = decode(trim(equals < 0 ? '' : line.slice(equals + 1)));
  if (key === null || text === null)
    return {
      problem: 'wanted text in UTF-8, got a control character or other bytes; remove them',
    };
  if (equals < 0) return { problem: `wanted key=value, got ${shown(key)}; comments start with #` };
  if (isOptionKey(key)) return { key, text };
  const problem = `wanted the name of an option, got ${shown(key)}; 'vestibule config show' lists all`;
  return { problem, near: nearestKey(key) };
}

function isOptionKey(key: string): key is OptionKey {
  return (OPTION_KEYS as readonly string[]).includes(key);
}

/** Removes spaces and tabs at both ends, and a carriage return at the end. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t'.includes(text.charAt(start))) start++;
  while (end > start && ' \t\r'.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Null when the bytes are not UTF-8 or contain a control character. */
function decode(latin1: string): string | null {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = decoder.decode(Buffer.from(latin1, 'latin1'));
    return /\p{Cc}/u.test(text) ? null : text;
  } catch {
    return null;
  }
}
