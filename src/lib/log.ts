/**
 * Writes JSON lines to stderr: time, level, event, then the fields. JSON escapes control characters; DEL and the C1
 * controls are escaped here, so that a line cannot send control sequences to the terminal that shows it.
 */
import { randomBytes } from 'node:crypto';
import { readlinkSync, writeSync } from 'node:fs';
import type { Trouble } from './trouble.ts';

export type LogLevel = 'info' | 'warning' | 'error';
const KINDS: Readonly<Record<string, string>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
};
export type LogFields = { readonly [field: string]: unknown };

/** A reference, 12 lower-case hexadecimal digits: it is shown to the user and written in the log line, to find one by the other. */
export function makeReference(): string {
  return randomBytes(6).toString('hex');
}

/** One line, without the newline. time, level and event take precedence over fields of the same name. */
export function formatLine(
  level: LogLevel,
  event: string,
  fields: LogFields,
  time = new Date(),
): string {
  const line = { time: time.toISOString(), level, event };
  return JSON.stringify({ ...line, ...fields, ...line }, showValue).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** For values that JSON does not have: errors, big integers and bytes. Bytes are never written, since they may be keys. */
function showValue(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key]; // before toJSON: that of a Buffer shows its bytes
  if (raw instanceof Error) return raw.message;
  if (raw instanceof Uint8Array) return `${raw.length} bytes`;
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Why lines could not be written, and how many are lost; null: none. */
let failure: { readonly code: string; lost: number } | null = null;

function write(level: LogLevel, event: string, fields: LogFields = {}): void {
  if (failure !== null && !writeLine(formatLine('warning', 'log-lines-lost', failure))) {
    failure.lost++;
    return;
  }
  failure = null;
  if (!writeLine(formatLine(level, event, fields))) failure!.lost++;
}

/** A log that cannot be written (full disk, closed pipe) must not end the service. */
function writeLine(line: string): boolean {
  const bytes = Buffer.from(`${line}\n`);
  try {
    // Ends the line that may have been cut off before.
    if (failure !== null) writeSync(2, '\n');
    if (writeSync(2, bytes) === bytes.length) return true;
    failure ??= { code: 'ENOSPC', lost: 0 };
  } catch (error) {
    failure ??= { code: (error as NodeJS.ErrnoException).code ?? 'unknown', lost: 0 };
  }
  return false;
}

/** The trouble with the log, if another attempt to write fails, too. */
export function logTrouble(): Trouble | null {
  if (failure !== null && writeLine(formatLine('warning', 'log-lines-lost', failure)))
    failure = null;
  if (failure === null) return null;
  const { code, lost } = failure;
  const path = readlinkSync('/proc/self/fd/2');
  const kind = KINDS[code] ?? 'failing';
  const text = `the log '${path}' cannot be written (${code}), ${lost} lines are lost: make room on its disk, or mount it writable`;
  return { kind, path, text };
}

export const log = {
  info: (event: string, fields?: LogFields): void => write('info', event, fields),
  warning: (event: string, fields?: LogFields): void => write('warning', event, fields),
  error: (event: string, fields?: LogFields): void => write('error', event, fields),
} as const;
