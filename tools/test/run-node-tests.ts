/** Runs test files with node:test and counts by a reporter of our own; `inside` is a command to run them in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';

const reporter = new URL('./count-reporter.ts', import.meta.url).href;

export async function runNodeTests(inside: readonly string[], pattern: string): Promise<Counts> {
  const files = globSync(pattern).sort();
  if (files.length === 0) {
    console.log(`no file matches ${pattern}: wanted at least one`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const directory = mkdtempSync(join('build', 'count-'));
  const report = join(directory, 'counts.json');
  const [program, ...args] = [
    ...inside,
    process.execPath,
    '--test',
    // System tests share one machine: ports, accounts, /run.
    ...(inside.length > 0 ? ['--test-concurrency=1'] : []),
    '--test-timeout=300000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${report}`,
    ...files,
  ];
  const child = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = (await once(child, 'close')) as [number | null];
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Counts)
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(directory, { recursive: true });
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
