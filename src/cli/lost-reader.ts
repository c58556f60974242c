/** What a command does when nobody takes its output any more, or it cannot be written: as other programs, it ends. */
import { constants } from 'node:os';
import { type Context, printLine } from './context.ts';

/** As a shell reports a program that the signal ended, which Node ignores. */
const SIGPIPE_STATUS = 128 + constants.signals.SIGPIPE;

/** `run` goes on: it has a program and a PAM session to end (run/relay-session.ts). */
export function endWithoutReader(isRun: boolean, { err }: Context): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isRun) endForOutput(error, err);
    });
}

function endForOutput({ code }: NodeJS.ErrnoException, err: Context['err']): never {
  if (code !== 'EPIPE') printLine(err, `vestibule: wanted to write the output, got ${code}`);
  process.exit(code === 'EPIPE' ? SIGPIPE_STATUS : 1);
}

/** A question is written at once (run/ask-person.ts): what it throws comes here. */
export function rethrowOther(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE' && error.syscall === 'write') return SIGPIPE_STATUS;
  throw error;
}
