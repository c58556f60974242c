/** Runs a program of the system and returns its output; stdin is closed and stderr is ignored. */
import { type ChildProcess, execFile } from 'node:child_process';

/** Bytes. A user has at most 65,536 groups. */
const MOST_OUTPUT = 1 << 20;

export interface ProgramAnswer {
  /** null: the program was not found, was killed, or did not end in time. */
  readonly status: number | null;
  readonly stdout: string;
}

export function runProgram(
  file: string,
  args: readonly string[],
  limitMs: number,
): Promise<ProgramAnswer> {
  return new Promise((resolve) => {
    const limits = { encoding: 'utf8', killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT } as const;
    const child = execFile(file, args, limits, (error, stdout) => {
      clearTimeout(timer);
      const status = error === null ? 0 : error.code;
      resolve({ status: typeof status === 'number' ? status : null, stdout });
    });
    child.stdin?.destroy();
    const timer = setTimeout(() => {
      resolve({ status: null, stdout: '' });
      leave(child);
    }, limitMs);
  });
}

/** Who waits in the kernel for a file system that does not answer ends only with its answer: it is not waited for. */
function leave(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
