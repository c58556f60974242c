/** Runs a program as a test: it has passed when its exit status is 0. */
import type { Counts } from './counts.ts';
import { startLimited } from './run-limited.ts';

export async function runCheck(program: string, args: readonly string[]): Promise<Counts> {
  const { ended } = startLimited(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return (await ended) === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0 };
}
