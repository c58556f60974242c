/** Runs a program as a test: it has passed when its exit status is 0. */
import { type Counts, noCounts, oneFailure } from './counts.ts';
import { startLimited } from './run-limited.ts';

export async function runCheck(program: string, args: readonly string[]): Promise<Counts> {
  const { ended } = startLimited(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await ended;
  if (status === 0) return { ...noCounts, passed: 1 };
  return oneFailure(`${[program, ...args].join(' ')}: wanted exit status 0, got ${status}`);
}
