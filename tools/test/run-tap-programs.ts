/** C test programs: counts the TAP lines they print (https://testanything.org). */
import { createInterface } from 'node:readline';
import type { Counts } from './counts.ts';
import { startLimited } from './run-limited.ts';

export async function runTapPrograms(program: string, args: readonly string[]): Promise<Counts> {
  const { child, ended } = startLimited(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let [passed, failed, skipped] = [0, 0, 0];
  for await (const line of createInterface({ input: child.stdout! })) {
    if (/^ok\b.*# skip/i.test(line)) skipped += 1;
    else if (/^ok\b/.test(line)) passed += 1;
    else if (/^not ok\b/.test(line)) failed += 1;
    if (!/^ok\b/.test(line)) console.log(line);
  }
  const status = await ended;
  // A program that died without a 'not ok' (a sanitizer's report) has failed all the same.
  if (status !== 0 && failed === 0) failed = 1;
  return { passed, failed, skipped };
}
