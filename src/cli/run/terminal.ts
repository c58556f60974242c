/** Where the program's input comes from and its output goes to. */

import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';

export interface Terminal {
  /** A getter for process.stdin: touching that starts to read. */
  readonly stdin: () => Readable & { setRawMode?: (raw: boolean) => unknown };
  readonly stdout: Writable & { readonly rows?: number; readonly columns?: number };
  readonly stderr: Writable;
  /** stdin and stdout are a terminal: the program gets one too. */
  readonly pty: boolean;
  readonly type: string | undefined;
}

export function processTerminal(): Terminal {
  return {
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    pty: isatty(0) && isatty(1),
    type: process.env.TERM,
  };
}
