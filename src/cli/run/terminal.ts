/** Where the program's input comes from and its output goes to. */

import { spawnSync } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';

export interface Terminal {
  /** A getter for process.stdin: touching that starts to read. */
  readonly stdin: () => Readable;
  readonly stdout: Writable & { readonly rows?: number; readonly columns?: number };
  readonly stderr: Writable;
  /** stdin and stdout are a terminal: the program gets one too. */
  readonly pty: boolean;
  readonly type: string | undefined;
  /** Raw: every byte goes through as it is, both ways. */
  readonly setRaw: (raw: boolean) => void;
}

export function processTerminal(): Terminal {
  return {
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    pty: isatty(0) && isatty(1),
    type: process.env.TERM,
    setRaw: (raw) => {
      process.stdin.setRawMode(raw);
      // Node leaves output processing on, and a line feed of the program would become CR LF twice.
      if (raw) spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
  };
}
