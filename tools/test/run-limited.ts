/**
 * Runs a program that never outlives the test run: everything that it started ends with it, and everything is killed at
 * the timeout of the whole run.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Timeout of the whole run, milliseconds; that of continuous integration is 90 minutes. */
const LONGEST_RUN_MS = 80 * 60_000;
const end = performance.now() + LONGEST_RUN_MS;
/** How long to wait for output of processes that have left the process group and still have the pipe open. */
const LAST_WORDS_MS = 2_000;

const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    for (const child of running) killGroup(child);
    process.kill(process.pid, signal);
  });

/** Milliseconds until the timeout of the whole run; at least 1. */
export function remainingMs(): number {
  return Math.max(1, end - performance.now());
}

/** Starts a child with its own process group, which is killed at the timeout of the whole run. */
export function startLimited(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): { readonly child: ChildProcess; readonly ended: Promise<number | null> } {
  const child = spawn(program, args, { ...options, detached: true });
  running.add(child);
  const late = setTimeout(() => {
    console.log(`${program} ${args.join(' ')}: killed: timeout of the whole run`);
    killGroup(child);
  }, remainingMs());
  return { child, ended: waitForEnd(child, late) };
}

/** Returns the exit status when the program and its process group have ended and the output has been read. */
async function waitForEnd(child: ChildProcess, late: NodeJS.Timeout): Promise<number | null> {
  const closed = once(child, 'close');
  const [status] = (await once(child, 'exit')) as [number | null];
  clearTimeout(late);
  killGroup(child);
  running.delete(child);
  const lastWords = setTimeout(() => {
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }, LAST_WORDS_MS);
  await closed;
  clearTimeout(lastWords);
  return status;
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
