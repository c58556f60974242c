/** Runs test files with node:test and counts by a reporter of our own. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, type Counts, countAll, noCounts } from './counts.ts';
import { remainingMs, startLimited } from './run-limited.ts';

const reporter = new URL('./count-reporter.ts', import.meta.url).href;
/** As many sandboxes at a time as the smallest machine has cores. */
const SANDBOXES = 2;
/** Milliseconds that one file in a sandbox may take. */
const LONGEST_FILE_MS = 15 * 60_000;
const nothingFound: Counts = { passed: 0, failed: 1, skipped: 0 };

/** Files that need nothing but Node, in one run. */
export async function runUnitTests(pattern: string): Promise<Counts> {
  const files = listFiles(pattern);
  return files.length === 0 ? nothingFound : await countTests(process.execPath, [], files);
}

/** Each file in a sandbox of its own: what one leaves behind is no other's trouble. Output comes file by file. */
export async function runSandboxTests(pattern: string): Promise<Counts> {
  const files = listFiles(pattern);
  let total = files.length === 0 ? nothingFound : noCounts;
  const work = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const counts = await runInSandbox(file);
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

/** One file in this process's place: what it leaves running, with its output or without, delays nobody. */
async function runInSandbox(file: string): Promise<Counts> {
  const seconds = Math.ceil(Math.min(LONGEST_FILE_MS, remainingMs()) / 1000);
  const isolation = ['--test-isolation=none', '--test-force-exit'];
  return await countTests('tools/sandbox.sh', [process.execPath, ...isolation], [file], seconds);
}

async function countTests(
  program: string,
  args: readonly string[],
  files: readonly string[],
  seconds?: number,
): Promise<Counts> {
  const directory = mkdtempSync(join('build', 'count-'));
  const report = join(directory, 'counts.json');
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${reporter}`, `--test-reporter-destination=${report}`],
  ];
  const output = seconds === undefined ? 'inherit' : 'pipe';
  const { child, ended } = startLimited(
    program,
    [...args, '--test', '--test-timeout=300000', ...reporters, ...files],
    {
      stdio: ['ignore', output, output],
      env: {
        ...process.env,
        // Amounts and times are written in the reader's language: here English, wherever the tests run.
        LC_ALL: 'C.UTF-8',
        SANDBOX_SECONDS: `${seconds ?? 0}`,
        // Set in a test, where a runner would take its files for its parent's and run none of them.
        NODE_TEST_CONTEXT: undefined,
      },
    },
  );
  const words: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => words.push(data));
  const status = await ended;
  if (output === 'pipe') process.stdout.write(`# ${files.join(' ')}\n${Buffer.concat(words)}`);
  const counts = readCounts(report);
  rmSync(directory, { recursive: true });
  return judgeRun(files, status, counts);
}

/** Nothing counted is a failure, as is a failure that no test was blamed for. */
export function judgeRun(
  files: readonly string[],
  status: number | null,
  counts: Counts | null,
): Counts {
  if (status === 0 && counts !== null && countAll(counts) > 0) return counts;
  if (counts !== null && counts.failed > 0) return counts;
  const came = counts === null ? 'no counts' : `${countAll(counts)} tests counted`;
  console.log(
    `${files.join(' ')}: wanted counted tests and exit status 0, came ${came}, ${status}`,
  );
  return addCounts(counts ?? noCounts, { passed: 0, failed: 1, skipped: 0 });
}

function readCounts(report: string): Counts | null {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Counts;
  } catch {
    return null;
  }
}
