/**
 * JSON lines to stderr: time, level, event, then the fields. JSON escapes control characters; DEL and the C1 controls
 * are escaped here, so that no line can drive the terminal of the one who reads it.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';

export type LogLevel = 'info' | 'warning' | 'error';
export type LogFields = { readonly [field: string]: unknown };

/** Finds a log line: stands in the line and in the answer that a person sees. 12 lower-case hexadecimal digits. */
export function makeReference(): string {
  return randomBytes(6).toString('hex');
}

/** One line, without its newline. The fixed names win over fields of the same name. */
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

/** JSON has no errors, big integers or bytes; bytes are never shown, they may be keys. */
function showValue(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key]; // before toJSON: a Buffer has one that shows its bytes
  if (raw instanceof Error) return raw.message;
  if (raw instanceof Uint8Array) return `${raw.length} bytes`;
  return typeof value === 'bigint' ? value.toString() : value;
}

function write(level: LogLevel, event: string, fields: LogFields = {}): void {
  try {
    writeSync(2, `${formatLine(level, event, fields)}\n`);
  } catch {
    // A log that cannot be written (full disk, closed pipe) must not end the service.
  }
}

export const log = {
  info: (event: string, fields?: LogFields): void => write('info', event, fields),
  warning: (event: string, fields?: LogFields): void => write('warning', event, fields),
  error: (event: string, fields?: LogFields): void => write('error', event, fields),
} as const;
