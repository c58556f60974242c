/** Lines and words of a profile as libpam cuts them (pam.conf(5)). Text is bytes as characters 0 to 255. */

/** libpam reads lines of at most this many bytes; what is longer becomes a line of its own (until version 1.7). */
export const MAX_LINE = 1023;

/** Longer ones are cut: reading them takes long. */
const MAX_READ = 16_384;

export interface LogicalLine {
  /** Number of its first line in the file. */
  readonly line: number;
  readonly text: string;
  readonly problem: 'too-long' | 'continued-at-end' | 'carriage-return' | null;
}

/** Lines without comments and blanks; a backslash at the end goes on in the next. */
export function readLogicalLines(text: string): LogicalLine[] {
  const physical = text.split('\n');
  if (physical.at(-1) === '') physical.pop();
  const found: LogicalLine[] = [];
  let start = 0;
  let whole = '';
  let long = false;
  for (const [index, bytes] of physical.entries()) {
    const part = readLine(bytes);
    // Blank lines and comments are skipped, within a continued line as well.
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
  // A comment ends the line whatever its own last character is.
  if (comment !== -1) return { text: visible.slice(0, comment), continued: false };
  const trimmed = trimBlanks(visible);
  if (!trimmed.endsWith('\\')) return { text: visible, continued: false };
  return { text: `${trimmed.slice(0, -1)} `, continued: true };
}

/** Not a regular expression: those take quadratic time on long runs of blanks. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Words; what stands in brackets is one, without them, in which \] is a bracket. */
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

/** For people: bytes that are UTF-8 become their characters. */
export function toText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
