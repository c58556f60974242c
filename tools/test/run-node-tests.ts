/** Runs test files with node:test and counts by a reporter of our own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, type Counts, noCounts } from './counts.ts';

const reporter = new URL('./count-reporter.ts', import.meta.url).href;
/** As many sandboxes at a time as the smallest machine has cores. */
const SANDBOXES = 2;

/** Files that need nothing but Node, in one run. */
export async function runUnitTests(pattern: string): Promise<Counts> {
  return await runFiles([], listFiles(pattern), 'inherit');
}

/** Each file in a sandbox of its own: what one leaves behind is no other's trouble. Output comes file by file. */
export async function runSandboxTests(pattern: string): Promise<Counts> {
  const files = listFiles(pattern);
  let total = files.length === 0 ? await runFiles([], [], 'inherit') : noCounts;
  const work = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const counts = await runFiles(['tools/sandbox.sh'], [file], 'pipe');
      total = addCounts(total, counts);
    }
  };
  await Promise.all(Array.from({ length: SANDBOXES }, work));
  return total;
}

function listFiles(pattern: string): string[] {
  const files = globSync(pattern).sort();
  if (files.length === 0) console.log(`no file matches ${pattern}: wanted at least one`);
  return files;
}

async function runFiles(
  inside: readonly string[],
  files: readonly string[],
  output: 'inherit' | 'pipe',
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 1, skipped: 0 };
  const directory = mkdtempSync(join('build', 'count-'));
  const report = join(directory, 'counts.json');
  const [program, ...args] = [
    ...inside,
    process.execPath,
    '--test',
    '--test-timeout=300000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${report}`,
    ...files,
  ];
  const child = spawn(program!, args, {
    stdio: ['ignore', output, output],
    // Amounts and times are written in the reader's language: here English, wherever the tests run.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const words: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => words.push(data));
  const [status] = (await once(child, 'close')) as [number | null];
  if (output === 'pipe') process.stdout.write(`# ${files.join(' ')}\n${Buffer.concat(words)}`);
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Counts)
    : noCounts;
  rmSync(directory, { recursive: true });
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
