/** Runs test files with node:test, and counts the tests with our own reporter. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, type Counts, countAll, noCounts, oneFailure } from './counts.ts';
import { remainingMs, startLimited } from './run-limited.ts';

const reporter = new URL('./count-reporter.ts', import.meta.url).href;
/** Number of sandboxes that run at the same time. */
const SANDBOXES = 2;
/** Timeout of one file in a sandbox, milliseconds. */
const LONGEST_FILE_MS = 15 * 60_000;

/** Runs files that need only Node, all in one run. */
export async function runUnitTests(pattern: string): Promise<Counts> {
  const files = globSync(pattern).sort();
  return files.length === 0
    ? nothingMatches(pattern)
    : await countTests(process.execPath, [], files);
}

/** Runs each file in its own sandbox, so that leftovers of one do not disturb another. Prints the output file by file. */
export async function runSandboxTests(pattern: string): Promise<Counts> {
  const files = globSync(pattern).sort();
  let total = files.length === 0 ? nothingMatches(pattern) : noCounts;
  const work = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const counts = await runInSandbox(file);
      total = addCounts(total, counts);
    }
  };
  await Promise.all(Array.from({ length: SANDBOXES }, work));
  return total;
}

function nothingMatches(pattern: string): Counts {
  return oneFailure(`wanted at least one file that matches ${pattern}, got none`);
}

/** Runs one file without a child process per file, so that processes that it leaves running do not delay the end. */
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
        // Numbers and times are formatted for the locale: here English, wherever the tests run.
        LC_ALL: 'C.UTF-8',
        SANDBOX_SECONDS: `${seconds ?? 0}`,
        // If it were set, as it is inside a test, the runner would not run the files.
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

/** A run without counted tests has failed, and so has a run that failed although no test did. */
export function judgeRun(
  files: readonly string[],
  status: number | null,
  counts: Counts | null,
): Counts {
  if (status === 0 && counts !== null && countAll(counts) > 0) return counts;
  if (counts !== null && counts.failures.length > 0) return counts;
  const got = counts === null ? 'no counts' : `${countAll(counts)} tests counted`;
  const words = `${files.join(' ')}: wanted counted tests and exit status 0, got ${got}, ${status}`;
  return addCounts(counts ?? noCounts, oneFailure(words));
}

function readCounts(report: string): Counts | null {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Counts;
  } catch {
    return null;
  }
}
