import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('started by hand, the broker says why it does not run, in one line', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
    env: {},
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  const line = JSON.parse(stderr);
  assert.deepEqual([line.level, line.event], ['error', 'start-failed']);
  // Root is refused; others get the same advice, because the descriptors are missing.
  assert.match(line.error, /vestibule-supervise/);
});
