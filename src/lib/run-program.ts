/** Runs a program of the system and returns its output; stdin is closed and stderr is ignored. */
import { execFile } from 'node:child_process';

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
  const limits = { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT } as const;
  return new Promise((resolve) => {
    const child = execFile(file, args, { encoding: 'utf8', ...limits }, (error, stdout) => {
      const status = error === null ? 0 : error.code;
      resolve({ status: typeof status === 'number' ? status : null, stdout });
    });
    child.stdin?.destroy();
  });
}
