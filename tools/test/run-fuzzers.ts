/**
 * Runs libFuzzer on each C parser (test/fuzz), one after the other, starting with the corpus in the repository. The input
 * of a failure is stored in build/fuzz-findings; new inputs go to a temporary directory, never into the corpus.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Counts } from './counts.ts';
import { runCheck } from './run-check.ts';
import { startLimited } from './run-limited.ts';

const findings = 'build/fuzz-findings/';

export async function runFuzzers(seconds: { all: number } | { each: number }): Promise<Counts> {
  const names = globSync('test/fuzz/*_fuzz.c').map((path) => basename(path, '_fuzz.c'));
  const built = await runCheck('make', ['-s', '-j2', 'fuzz']);
  if (built.failures.length > 0) return built;
  mkdirSync(findings, { recursive: true });
  const each = 'each' in seconds ? seconds.each : Math.max(1, seconds.all / names.length);
  const failures: string[] = [];
  for (const name of names.sort())
    if (!(await runFuzzer(name, Math.floor(each)))) failures.push(`fuzzer ${name}`);
  return { passed: names.length - failures.length, failures, skipped: 0 };
}

async function runFuzzer(name: string, seconds: number): Promise<boolean> {
  const scratch = mkdtempSync(join('build', 'fuzz-corpus-'));
  const dictionary = `test/fuzz/${name}.dict`;
  const args = [
    `-max_total_time=${seconds}`,
    '-seed=1',
    '-timeout=25',
    '-rss_limit_mb=2048',
    '-print_final_stats=1',
    `-artifact_prefix=${findings}${name}-`,
    ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []),
    scratch,
    `test/corpus/fuzz/${name}`,
  ];
  const { child, ended } = startLimited(`build/fuzz/${name}`, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) lines.push(line);
  const status = await ended;
  rmSync(scratch, { recursive: true });
  report(name, status, lines);
  return status === 0;
}

/** Prints one line for a successful run, and the report of the sanitizer for a failure. */
function report(name: string, status: number | null, lines: readonly string[]): void {
  const find = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).findLast(Boolean);
  const runs = find(/^stat::number_of_executed_units:\s*(\d+)/);
  const rate = find(/^stat::average_exec_per_sec:\s*(\d+)/);
  const edges = find(/\bcov: (\d+)/);
  if (status !== 0) {
    const noise = /^#\d+\s+(NEW|REDUCE|pulse|RELOAD)\b/;
    console.log(lines.filter((line) => !noise.test(line)).join('\n'));
    console.log(`${name}: failed; to see it again: build/fuzz/${name} ${findings}${name}-…`);
    return;
  }
  console.log(`${name}: ${runs} runs, ${rate} a second, ${edges} edges, no finding`);
}
