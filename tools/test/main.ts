/** Runs all tests, the fastest steps first. The last line is 'N passed, N failed, N skipped'. */
import { addCounts, type Counts, countAll, noCounts, oneFailure } from './counts.ts';
import { runCheck } from './run-check.ts';
import { runFuzzers } from './run-fuzzers.ts';
import { runSandboxTests, runUnitTests } from './run-node-tests.ts';
import { runTapPrograms } from './run-tap-programs.ts';

const node = process.execPath;
const bin = (name: string): string => `node_modules/.bin/${name}`;

interface Step {
  readonly name: string;
  readonly run: () => Promise<Counts>;
  /** The following steps cannot work when it fails. */
  readonly vital?: boolean;
}

const steps: readonly Step[] = [
  {
    name: 'format and lint',
    run: () => runCheck(bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '.']),
  },
  { name: 'types', run: () => runCheck(bin('tsc'), ['-p', 'tsconfig.json']) },
  { name: 'types of the browser tests', run: () => runCheck(bin('tsc'), ['-p', 'test/e2e']) },
  {
    name: 'types of the pages’ tests',
    run: () => runCheck(bin('tsc'), ['-p', 'src/page/tsconfig.test.json']),
  },
  { name: 'types of the pages', run: () => runCheck(bin('tsc'), ['-p', 'src/page/tsconfig.json']) },
  {
    name: 'imports',
    run: () =>
      runCheck(node, ['node_modules/.bin/depcruise', '--config', '.dependency-cruiser.cjs', 'src']),
  },
  { name: 'generated files', run: () => runCheck(node, ['tools/generate.ts', '--check']) },
  { name: 'budgets', run: () => runCheck(node, ['tools/test/check-budgets.ts']) },
  { name: 'build', run: () => runCheck(node, ['tools/build.ts']), vital: true },
  { name: 'files of the leader', run: () => runCheck(node, ['tools/test/check-c-circles.ts']) },
  { name: 'C under sanitizers', run: () => runTapPrograms('make', ['-s', '-j2', 'test-c']) },
  { name: 'fuzz', run: () => runFuzzers({ all: 30 }) },
  { name: 'unit', run: () => runUnitTests('{src,tools}/**/*.test.ts') },
  { name: 'system', run: () => runSandboxTests('test/system/**/*.test.ts') },
  { name: 'oracle', run: runOracle },
  { name: 'browser', run: () => runSandboxTests('test/e2e/**/*.test.ts') },
];

/** Compares sessions of su, ssh and Vestibule. */
async function runOracle(): Promise<Counts> {
  const compared = await runUnitTests('test/oracle/*.test.ts');
  const made = await runCheck('make', ['-s', 'fakes']);
  const counts = addCounts(compared, made);
  if (made.failures.length > 0) return counts;
  return addCounts(counts, await runCheck(node, ['test/oracle/main.ts', '--brief']));
}

/** A step that counts no test has failed. */
function refuseEmpty(name: string, counts: Counts): Counts {
  if (countAll(counts) > 0) return counts;
  return oneFailure(`${name}: wanted at least one counted test, got none`);
}

const only = process.argv.slice(2);
const unknown = only.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`wanted steps of: ${steps.map(({ name }) => name).join(', ')}; came: ${unknown}`);
  process.exit(2);
}
let total = noCounts;
for (const step of steps) {
  if (only.length > 0 && !only.includes(step.name)) continue;
  const started = performance.now();
  console.log(`\n## ${step.name}`);
  const counts = refuseEmpty(step.name, await step.run());
  total = addCounts(total, counts);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const failed = counts.failures.length;
  console.log(`## ${step.name}: ${counts.passed} passed, ${failed} failed, ${seconds} s`);
  if (failed > 0 && step.vital === true) break;
}
// Once more at the end: of a long run often only the end is kept.
if (total.failures.length > 0) console.log(`\n## failed\n${total.failures.join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failures.length} failed, ${total.skipped} skipped`);
process.exitCode = total.failures.length > 0 || total.passed === 0 ? 1 : 0;
