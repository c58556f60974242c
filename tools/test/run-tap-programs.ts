/** Runs C test programs and counts the TAP lines that they print (https://testanything.org). */
import { createInterface } from 'node:readline';
import type { Counts } from './counts.ts';
import { startLimited } from './run-limited.ts';

export async function runTapPrograms(program: string, args: readonly string[]): Promise<Counts> {
  const { child, ended } = startLimited(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let [passed, skipped] = [0, 0];
  const failures: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    if (/^ok\b.*# skip/i.test(line)) skipped += 1;
    else if (/^ok\b/.test(line)) passed += 1;
    else if (/^not ok\b/.test(line)) failures.push(line);
    if (!/^ok\b/.test(line)) console.log(line);
  }
  const status = await ended;
  // A program that ended without 'not ok' but with an error status (after a report of a sanitizer) has failed, too.
  if (status !== 0 && failures.length === 0)
    failures.push(`${[program, ...args].join(' ')}: wanted exit status 0, got ${status}`);
  return { passed, failures, skipped };
}
