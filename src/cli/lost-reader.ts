/** Ends a command whose output is not read any more, or cannot be written, like other programs. */
import { constants } from 'node:os';
import { type Context, printLine } from './context.ts';

/** The status that a shell reports for a program that SIGPIPE ended. Node ignores this signal. */
const SIGPIPE_STATUS = 128 + constants.signals.SIGPIPE;

/** `run` continues, because it has to end its program and PAM session first (run/relay-session.ts). */
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

/** Questions are written synchronously (run/ask-person.ts): their errors are thrown, not emitted by the stream. */
export function rethrowOther(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE' && error.syscall === 'write') return SIGPIPE_STATUS;
  throw error;
}
