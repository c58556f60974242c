/** Asks one question on the terminal, without echo if PAM wants that. The answer is never a string, only bytes. */
import { spawnSync } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { escapeText } from '../../lib/escape-text.ts';
import { MAX_SECRET } from '../../protocol/sealed-answer.ts';
import { RunError } from './run-error.ts';

const KEY = { interrupt: 3, end: 4, backspace: 8, newline: 10, return: 13, kill: 21, delete: 127 };
type End = 'line' | 'nothing' | 'interrupted';

/** null: end of input. The caller wipes the answer. Blocks, because there is nothing else to do meanwhile. */
export function askPerson(text: string, hidden: boolean): Buffer | null {
  // A buffer of its own: Node's pool for small buffers would keep copies.
  const line = { bytes: Buffer.allocUnsafeSlow(MAX_SECRET + 1), size: 0 };
  const end = hidden && isatty(0) ? askUnseen(text, line) : askSeen(text, line);
  if (end === 'line') return line.bytes.subarray(0, line.size);
  line.bytes.fill(0);
  if (end === 'interrupted') process.kill(process.pid, 'SIGINT');
  return null;
}

interface Line {
  readonly bytes: Buffer;
  size: number;
}

/**
 * Turns the echo off before it shows the question. It also turns off line editing and signals: otherwise Ctrl-C would
 * leave the echo off.
 */
function askUnseen(text: string, line: Line): End {
  const before = stty('-g').trim();
  stty('-echo', '-icanon', '-isig', 'min', '1', 'time', '0');
  try {
    return ask(text, line, true);
  } finally {
    stty(before);
    writeSync(2, '\n');
  }
}

/** Ends the line of the question if no terminal echoes the newline of the answer. */
function askSeen(text: string, line: Line): End {
  const end = ask(text, line, false);
  if (end === 'nothing' || !isatty(0)) writeSync(2, '\n');
  return end;
}

function stty(...args: string[]): string {
  const { stdout } = spawnSync('stty', args, { stdio: ['inherit', 'pipe', 'ignore'] });
  return stdout?.toString() ?? '';
}

/** Reads byte by byte, so that it takes nothing of the next answer. */
function ask(text: string, line: Line, editing: boolean): End {
  writeSync(2, escapeText(text));
  for (;;) {
    const key = readByte(line);
    if (key === null) return line.size > 0 ? 'line' : 'nothing';
    if (key === KEY.newline || (editing && key === KEY.return)) return 'line';
    if (editing && key === KEY.interrupt) return 'interrupted';
    if (editing && key === KEY.end && line.size === 0) return 'nothing';
    if (editing && edit(line, key)) continue;
    line.size += 1;
    if (line.size <= MAX_SECRET) continue;
    line.bytes.fill(0);
    throw new RunError(`wanted an answer of at most ${MAX_SECRET} bytes, got more`);
  }
}

/** Stores the byte after the end of the line; the caller makes it part of the line. */
function readByte({ bytes, size }: Line): number | null {
  try {
    return readSync(0, bytes, size, 1, null) === 1 ? (bytes[size] ?? null) : null;
  } catch (error) {
    bytes.fill(0);
    throw new RunError(`wanted an answer on stdin, got ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Backspace removes a whole UTF-8 character: its bytes after the first one are 10xxxxxx. */
function edit(line: Line, key: number): boolean {
  if (key === KEY.kill) line.size = 0;
  else if (key === KEY.backspace || key === KEY.delete) {
    let at = line.size - 1;
    while (at > 0 && ((line.bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
    line.size = Math.max(0, at);
  }
  return key < 32 || key === KEY.delete;
}
