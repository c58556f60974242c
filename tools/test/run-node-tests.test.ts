/** Tests the test runner: a file that fails, hangs or has no tests must neither pass nor delay the others. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type Counts, oneFailure } from './counts.ts';
import { judgeRun, runSandboxTests } from './run-node-tests.ts';

mkdirSync('build', { recursive: true });
const directory = mkdtempSync(join('build', 'runner-'));
after(() => rmSync(directory, { recursive: true }));

const numbers = ({ passed, failures, skipped }: Counts) => [passed, failures.length, skipped];

function writeTest(name: string, ...lines: readonly string[]): string {
  const path = join(directory, `${name}.test.ts`);
  writeFileSync(path, `import { test } from 'node:test';\n${lines.join('\n')}\n`);
  return path;
}

test('passed, failed and skipped tests of a sandbox are counted', async () => {
  const file = writeTest(
    'counts',
    "test('good', () => {});",
    "test('left out', { skip: 'a reason' }, () => {});",
    "test('bad', () => { throw new Error('on purpose'); });",
  );
  assert.deepEqual(numbers(await runSandboxTests(file)), [1, 1, 1]);
});

test('what failed is told by its file, its name and its error', async () => {
  const file = writeTest(
    'told',
    "test('outer', async (t) => {",
    "  await t.test('inner', () => { throw new TypeError('on purpose'); });",
    '});',
  );
  const [inner, outer, ...rest] = (await runSandboxTests(file)).failures;
  assert.match(inner!, new RegExp(`^${file}: inner\n    TypeError: on purpose\n +at `));
  assert.match(outer!, new RegExp(`^${file}: outer\n    .*1 subtest failed`));
  assert.equal(rest.length, 0);
});

test('a daemon that a failed test left behind with its stdout does not delay the run', async () => {
  const file = writeTest(
    'daemon',
    "import { spawn } from 'node:child_process';",
    "test('starts a daemon and fails', () => {",
    "  spawn('sh', ['-c', 'setsid sleep 100000 & exec sleep 100000'], { stdio: 'inherit' });",
    "  throw new Error('on purpose');",
    '});',
  );
  assert.deepEqual(numbers(await runSandboxTests(file)), [0, 1, 0]);
});

test('a file without a test has failed', async () => {
  const file = writeTest('none', 'void test;');
  assert.deepEqual(numbers(await runSandboxTests(file)), [0, 1, 0]);
});

test('a file that ends its process has failed, whatever its exit status', async () => {
  const file = writeTest('ends', "test('ends', () => process.exit(0));");
  assert.deepEqual(numbers(await runSandboxTests(file)), [0, 1, 0]);
});

test('a pattern without files has failed', async () => {
  assert.equal((await runSandboxTests(join(directory, 'no-such-*.ts'))).failures.length, 1);
});

test('counts that are missing, empty or without the failure are a failure', () => {
  const good = { passed: 2, failures: [], skipped: 0 };
  assert.deepEqual(judgeRun(['f'], 0, good), good);
  for (const [status, counts] of [
    [0, null],
    [0, { passed: 0, failures: [], skipped: 0 }],
    [1, good],
    [137, null],
    [null, good],
  ] as const)
    assert.equal(judgeRun(['f'], status, counts).failures.length, 1);
  const bad = oneFailure('f: on purpose');
  assert.deepEqual(judgeRun(['f'], 1, bad), bad);
});

test('the sandbox ends what runs too long, with all that it started', () => {
  const env = { ...process.env, SANDBOX_SECONDS: '1' };
  const command = ['sh', '-c', 'setsid sleep 100000 & exec sleep 100000'];
  assert.throws(
    () => execFileSync('tools/sandbox.sh', command, { env, stdio: 'ignore' }),
    (error: { status?: number }) => error.status === 137,
  );
});

for (const place of ['/root', '/home', '/srv', '/opt', '/tmp', '/run', '/tmp/a path with blanks']) {
  test(`the work tree is the same inside the sandbox and outside in ${place}`, (context) => {
    mkdirSync(place, { recursive: true });
    const tree = mkdtempSync(join(place, 'work tree.'));
    context.after(() => rmSync(tree, { recursive: true }));
    const script = join(tree, 'tools/sandbox.sh');
    mkdirSync(dirname(script));
    copyFileSync('tools/sandbox.sh', script);
    execFileSync(script, ['sh', '-c', 'test -d tools && echo written >inside']);
    assert.equal(execFileSync('cat', [join(tree, 'inside')], { encoding: 'utf8' }), 'written\n');
  });
}
