/** Splits a profile into lines and words as libpam does (pam.conf(5)). Text holds bytes as characters 0 to 255. */

/** libpam reads at most this many bytes of a line; until version 1.7 it takes the rest for another line. */
export const MAX_LINE = 1023;

/** Longer lines are cut, because reading them takes long. */
const MAX_READ = 16_384;

export interface LogicalLine {
  /** Line number in the file; of a continued line, the first. */
  readonly line: number;
  readonly text: string;
  readonly problem: 'too-long' | 'continued-at-end' | 'carriage-return' | null;
}

/** Lines without comments and blank lines; a line that ends in a backslash is joined with the next. */
export function readLogicalLines(text: string): LogicalLine[] {
  const physical = text.split('\n');
  if (physical.at(-1) === '') physical.pop();
  const found: LogicalLine[] = [];
  let start = 0;
  let whole = '';
  let long = false;
  for (const [index, bytes] of physical.entries()) {
    const part = readLine(bytes);
    // Blank lines and comments are skipped, also inside a continued line.
    if (part === null) continue;
    if (whole === '') start = index + 1;
    whole = (whole + part.text).slice(0, MAX_READ);
    long ||= bytes.length > MAX_LINE || whole.length > MAX_LINE;
    if (part.continued) continue;
    const problem = long ? 'too-long' : /\r[ \t]*$/.test(whole) ? 'carriage-return' : null;
    found.push({ line: start, text: whole, problem });
    whole = '';
    long = false;
  }
  if (whole !== '') found.push({ line: start, text: whole, problem: 'continued-at-end' });
  return found;
}

function readLine(bytes: string): { readonly text: string; readonly continued: boolean } | null {
  const nul = bytes.indexOf('\0');
  const visible = (nul === -1 ? bytes : bytes.slice(0, nul)).replace(/^[ \t]+/, '');
  if (visible === '' || visible.startsWith('#')) return null;
  const comment = visible.indexOf('#');
  // A comment ends the line, even when its last character is a backslash.
  if (comment !== -1) return { text: visible.slice(0, comment), continued: false };
  const trimmed = trimBlanks(visible);
  if (!trimmed.endsWith('\\')) return { text: visible, continued: false };
  return { text: `${trimmed.slice(0, -1)} `, continued: true };
}

/** Not a regular expression: on many blanks it would take quadratic time. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Splits into words. Text in brackets is one word, without the brackets; \] in it is a bracket. */
export function readWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at]!)) {
      at++;
      continue;
    }
    const [word, next] = text[at] === '[' ? readBracketed(text, at + 1) : readPlain(text, at);
    words.push(word);
    at = next;
  }
  return words;
}

function readPlain(text: string, from: number): [string, number] {
  let end = from;
  while (end < text.length && !isBlank(text[end]!)) end++;
  return [text.slice(from, end), end + 1];
}

function readBracketed(text: string, from: number): [string, number] {
  let word = '';
  let end = from;
  for (; end < text.length && text[end] !== ']'; end++) {
    if (text[end] === '\\' && text[end + 1] === ']') end++;
    word += text[end];
  }
  return [word, end + 1];
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n';
}

/** Decodes the bytes as UTF-8, for messages. */
export function toText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
