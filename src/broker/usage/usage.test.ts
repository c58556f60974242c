import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';
import { readActivity } from '../../launcher/local/read-activity.ts';
import { readProcess } from '../../launcher/local/read-process.ts';
import { readUsage } from '../../launcher/local/usage.ts';
import { noteSession } from '../changes/change-session.ts';
import { lookAtAll } from './watch-sessions.ts';

/** Larger than any pid can be (proc_sys_kernel(5), pid_max). */
const NO_PID = 4_194_305;

test('a process says its parent, its memory and its time, whatever its name is', async () => {
  const script = "process.title = ') R 1 2 ('; console.log('up'); setInterval(() => {}, 9999)";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const facts = readProcess(child.pid!);
  assert.equal(facts?.parent, process.pid);
  assert.ok(facts.memory > 1 << 20 && facts.memory < 1 << 30, `${facts.memory}`);
  assert.ok(facts.cpu >= 0 && facts.cpu < 60, `${facts.cpu}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(readProcess(child.pid!), null);
});

test('without a cgroup of its own the processes below the session-host count', async () => {
  // The shell stands for session-host, its first child for the program.
  const script = 'sleep 1000 & program=$!; sh -c "sleep 1000; :" & echo $program; wait';
  const host = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [text] = (await once(host.stdout, 'data')) as [Buffer];
  const usage = readUsage(Number(text));
  assert.ok(usage !== null && usage.processes >= 2 && usage.memory > 0, JSON.stringify(usage));
  process.kill(-host.pid!, 'SIGKILL');
  await once(host, 'close');
  assert.equal(readUsage(NO_PID), null);
});

test('of many processes some are looked at, and all are counted', async (t) => {
  const script = 'i=0; while [ $i -lt 300 ]; do sleep 1000 & i=$((i+1)); done; echo $!; wait';
  const host = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [text] = (await once(host.stdout, 'data')) as [Buffer];
  const reads = t.mock.method(fs, 'readFileSync');
  syncBuiltinESMExports();
  const usage = readUsage(Number(text));
  const looked = reads.mock.calls.filter(({ arguments: [path] }) => /stat$/.test(String(path)));
  reads.mock.restore();
  syncBuiltinESMExports();
  process.kill(-host.pid!, 'SIGKILL');
  await once(host, 'close');
  assert.equal(usage?.processes, 300);
  assert.ok(looked.length <= 257, `${looked.length} were looked at`);
  const one = usage.memory / 300;
  assert.ok(one > 10_000 && one < 10_000_000, `${one} bytes each`);
});

test('a terminal was active when its file was read or written last, never in the future', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-usage-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const tty = join(directory, 'tty');
  writeFileSync(tty, '');
  utimesSync(tty, 2000, 1000);
  assert.equal(readActivity(tty, Date.now()), 2_000_000);
  utimesSync(tty, 2000, 3000);
  assert.equal(readActivity(tty, Date.now()), 3_000_000);
  assert.equal(readActivity(tty, 5), 5);
  assert.equal(readActivity(join(directory, 'none'), 5), null);
});

test('who looks is told what the sessions use; nobody else is, and it ends', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, broker } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const { id } = await gateway.start(ticket);
  noteSession(broker, id, { pid: process.pid });
  assert.equal((await gateway.ask('session-list', { ticket })).sessions[0]?.usage, null);
  assert.equal(broker.watch.timer, null);

  await gateway.ask('session-watch', { ticket });
  const { usage } = (await gateway.ask('session-list', { ticket })).sessions[0]!;
  assert.ok(usage !== null && usage.processes > 0 && usage.memory > 1 << 20, `${usage?.memory}`);
  assert.notEqual(broker.watch.timer, null);

  // A list that has not changed is not sent again.
  broker.watch.samples.set(id, {
    usage: { memory: 0, processes: 99, cpu: 0, cpuShare: null },
    activity: null,
  });
  await lookAtAll(broker);
  const changed = await gateway.events.take(
    (came) => came.event === 'sessions' && (came.sessions[0]?.usage?.processes ?? 99) < 99,
  );
  assert.equal(changed.event, 'sessions');
  fixture.skipMs = 60_000;
  await lookAtAll(broker);
  assert.equal(broker.watch.timer, null);

  await gateway.ask('session-end', { ticket, session: id });
  const ended = await gateway.sessionIn('ended');
  assert.equal(ended.usage, null);
  assert.equal(broker.watch.samples.size, 0);
});

test('root is told at once what sessions use', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  noteSession(fixture.broker, id, { pid: process.pid });
  const { sessions } = await fixture.cli.ask('active-sessions', {});
  assert.ok((sessions[0]?.usage?.processes ?? 0) > 0);
  await fixture.gateway.ask('session-end', { ticket, session: id });
  await fixture.gateway.sessionIn('ended');
  assert.deepEqual((await fixture.cli.ask('active-sessions', {})).sessions, []);
  const late = await fixture.cli.ask('active-sessions', { ended: true });
  assert.deepEqual(
    late.sessions.map(({ state, usage }) => [state, usage]),
    [['ended', null]],
  );
});
