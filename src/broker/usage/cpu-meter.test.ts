import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readUsage } from '../../launcher/local/usage.ts';
import { CpuMeter } from '../state/cpu-meter.ts';

test('the share is what was used between two looks; one look says nothing', () => {
  const meter = new CpuMeter();
  assert.equal(meter.take(100, 5_000), null);
  assert.equal(meter.take(103, 8_000), 1);
  // Too soon: the share stays, and the next interval begins at the sample before.
  assert.equal(meter.take(103.2, 8_200), 1);
  assert.equal(meter.take(104.5, 11_000), 0.5);
  assert.equal(meter.take(104.5, 14_000), 0);
  // No sample for an hour.
  assert.equal(meter.take(3_000, 3_614_000), null);
  assert.equal(meter.take(3_001, 3_616_000), 0.5);
  // Without a cgroup, the time of a process that exits is lost, and later added to its parent.
  assert.equal(meter.take(1, 3_619_000), 0);
  assert.equal(meter.take(90_000, 3_622_000), availableParallelism());
});

test('one busy thread never uses more than one processor', async () => {
  const child = spawn('sh', ['-c', 'sh -c "echo up; while :; do :; done"; :'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  await once(child.stdout, 'data');
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  const meter = new CpuMeter();
  const look = () => meter.take(readUsage(pid)!.cpu, performance.now());
  assert.equal(look(), null);
  for (let i = 0; i < 2; i++) {
    await delay(1_050);
    const share = look();
    assert.ok(share !== null && share > 0 && share < 1.03, `${share}`);
  }
  process.kill(-child.pid!, 'SIGKILL');
  await once(child, 'close');
});
