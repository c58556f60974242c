import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from './run-program.ts';

test('a program is heard to its end, with its status', async () => {
  const run = (script: string) => runProgram('sh', ['-c', script], 5000);
  assert.deepEqual(await run('echo a; exit 3'), { status: 3, stdout: 'a\n' });
  assert.deepEqual(await run('exit 0'), { status: 0, stdout: '' });
  assert.equal((await run('kill -9 $$')).status, null);
  assert.equal((await runProgram('/no/such/program', [], 5000)).status, null);
});

test('the limit holds while something that was not killed has its output', async () => {
  const begin = performance.now();
  const { status } = await runProgram('sh', ['-c', 'sleep 3 & wait'], 100);
  assert.equal(status, null);
  assert.ok(performance.now() - begin < 1500);
});
