/** What set-up tells its user: all on stderr, so that stdout holds nothing but what was asked for. */
import { spawnSync } from 'node:child_process';

/** Something that the user has to know, in one line. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a whole program of set-up: what the machine refuses becomes one line and exit status 1; a stack is our mistake. */
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

/** Runs a step that takes a while and says so. */
export async function runStep(name, step) {
  say(`${name} …`);
  const started = performance.now();
  const result = await step();
  say(`${name}: done, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** stdout of a program; its last words when it fails. `input` goes to its stdin. */
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
  throw new SetupError(`'${program} ${args[0] ?? ''}' wanted status 0, came ${came}:\n  ${words}`);
}
