/** Messages of set-up: all to stderr, since stdout is for the requested output only. */
import { spawnSync } from 'node:child_process';

/** An error for the user, reported in one line. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program of set-up: an error of the machine becomes one line and exit status 1; other errors are bugs and show a stack. */
export async function runSetup(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError) && error.syscall === undefined) throw error;
    const full = ['ENOSPC', 'EDQUOT'].includes(error.code);
    say(`vestibule: ${error.message}${full ? '; make room on that disk' : ''}`);
    process.exit(1);
  }
}

/** Runs a step that takes some time, and reports its start and its end. */
export async function runStep(name, step) {
  say(`${name} …`);
  const started = performance.now();
  const result = await step();
  say(`${name}: done, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** Runs a program with `input` on stdin and returns its stdout. If it fails, the error has its last lines. */
export function runProgram(program, args, { input = '', cwd, env = process.env } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    input,
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status === 0) return stdout;
  const came = error?.message ?? (status === null ? `signal ${signal}` : `status ${status}`);
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n  ');
  throw new SetupError(`'${program} ${args[0] ?? ''}' wanted status 0, got ${came}:\n  ${words}`);
}
