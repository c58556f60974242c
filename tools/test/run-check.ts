/** A program whose exit status is the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Counts } from './counts.ts';

export async function runCheck(program: string, args: readonly string[]): Promise<Counts> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}
