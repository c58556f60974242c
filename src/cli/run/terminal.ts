/** The source of the program's input, and where its output goes. */

import { spawnSync } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';

export interface Terminal {
  /** A function, because the first access to process.stdin starts to read. */
  readonly stdin: () => Readable;
  readonly stdout: Writable & { readonly rows?: number; readonly columns?: number };
  readonly stderr: Writable;
  /** Whether stdin and stdout are a terminal: then the program gets one too. */
  readonly pty: boolean;
  readonly type: string | undefined;
  /** Raw: every byte passes unchanged, in both directions. */
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
      // Node leaves output processing on: a line feed of the program would be translated to CR LF twice.
      if (raw) spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
  };
}
