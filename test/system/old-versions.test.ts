/** A version goes when nothing runs from it any more. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { readStamp } from '../../tools/build-steps/stamp.ts';
import { installBuild } from '../../tools/install/install-build.ts';
import { removeOldVersions } from '../../tools/install/remove-old-versions.ts';
import { clearMachine } from '../lib/setup.ts';

const INSTALLED = '/usr/local/lib/vestibule';

test('an old version stays while a session holds it', async () => {
  await clearMachine();
  const stamp = readStamp();
  assert.ok(stamp, 'built');
  mkdirSync(`${INSTALLED}/old/bin`, { recursive: true });
  copyFileSync('/bin/sleep', `${INSTALLED}/old/bin/vestibule-leader`);
  const leader = spawn(`${INSTALLED}/old/bin/vestibule-leader`, ['600']);
  await once(leader, 'spawn');
  const installed = installBuild(stamp.outputs);
  removeOldVersions(installed);
  assert.ok(existsSync(`${INSTALLED}/old`));
  leader.kill('SIGKILL');
  await once(leader, 'exit');
  removeOldVersions(installed);
  assert.deepEqual([existsSync(`${INSTALLED}/old`), existsSync(installed)], [false, true]);
  await clearMachine();
});
