/** The end of a session: its programs first, all of them, then PAM, then its traces. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { openSession } from '../lib/leader/sessions.ts';
import { findProcesses, listRunning } from '../lib/processes.ts';
import { ownCgroup } from '../lib/read-machine.ts';

const MARKED = ['close', 'delete'].map((stage) => `${stage}=mark:/run/marks`).join(' ');
setUpLeaders({
  profiles: {
    marking: [
      'account required %FAKE%',
      `auth required %FAKE% ${MARKED}`,
      `session required %FAKE% ${MARKED}`,
    ],
  },
});
const dan = makeAccount('end-dan');
beforeEach(() => rmSync('/run/marks', { force: true }));

/** Two processes that ignore what is polite, one of them in a session of its own, its parent gone. */
const runaway =
  "trap '' HUP TERM; setsid sh -c \"trap '' HUP TERM; while :; do sleep 999; done\" & (setsid sleep 998 &); echo ready; cat; sleep 997";

async function startRunaway(service = 'marking'): Promise<Client> {
  const client = await openSession({ user: dan.name, service, pty: true });
  client.spawn({ argv: ['/bin/sh', '-c', runaway] });
  await client.expect('spawned');
  await (await client.view()).until(/ready/);
  return client;
}

const marks = (): string[] => readFileSync('/run/marks', 'utf8').trim().split('\n');
const ofDan = (): number[] => listRunning(dan.uid).map(({ pid }) => pid);

function assertNothingLeft(client: Client): void {
  assert.deepEqual(ofDan(), []);
  assert.equal(existsSync(`${PATHS.sessions}/${client.session}`), false);
  assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
  assert.deepEqual(findGroups(), []);
}

function findGroups(): string[] {
  return readdirSync(ownCgroup()).filter((name) => name.startsWith('vestibule-'));
}

test('end stops what has run away, then closes PAM from the leader, as root, in /', async () => {
  const client = await startRunaway();
  assert.ok(ofDan().length >= 4);
  assert.equal(await client.end(), 9);
  assertNothingLeft(client);
  assert.deepEqual(marks(), ['close euid=0 cwd=/ processes=0', 'delete euid=0 cwd=/ processes=0']);
});

test('without a cgroup all descendants are found as well, and a module’s helper is spared', async () => {
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/sys/fs/cgroup']);
  makeProfile('helping', [
    ...['auth sufficient pam_rootok.so', 'account required %FAKE%', 'auth required %FAKE%'],
    'session required %FAKE% open=helper close=mark:/run/marks',
  ]);
  const client = await startRunaway('helping');
  await client.end();
  execFileSync('umount', ['/sys/fs/cgroup']);
  assertNothingLeft(client);
  assert.deepEqual(marks(), ['close euid=0 cwd=/ processes=0']);
  const helpers = findProcesses('fake-helper');
  assert.equal(helpers.length, 1);
  process.kill(helpers[0]!.pid);
});

test('a polite program is hung up, not killed, and its status is told', async () => {
  const client = await openSession({ user: dan.name });
  client.spawn({
    argv: ['/bin/sh', '-c', "trap 'exit 5' HUP; echo ready; while :; do sleep 1 & wait; done"],
  });
  await client.expect('spawned');
  const viewer = await client.view();
  await viewer.until(/ready/);
  const ended = client.end();
  await viewer.rest();
  assert.equal(await ended, 5 << 8);
  assertNothingLeft(client);
});

test('the end of the program is the end of the session, background processes included', async () => {
  const client = await openSession({ user: dan.name, service: 'marking' });
  client.spawn({ argv: ['/bin/sh', '-c', 'setsid sleep 996 >/dev/null 2>&1 & exit 3'] });
  await client.expect('spawned');
  assert.equal(await client.expectClosed(), 3 << 8);
  assertNothingLeft(client);
  assert.deepEqual(marks(), ['close euid=0 cwd=/ processes=0', 'delete euid=0 cwd=/ processes=0']);
});

test('a session-host that is stopped once its program has ended is ended, too', async () => {
  for (const close of ['last-program', 'asked'] as const) {
    const client = await openSession({ user: dan.name, close, pty: true });
    client.spawn({
      argv: ['/bin/sh', '-c', '(setsid sleep 994 &); yes | head -c 3000000; exit 4'],
    });
    await client.expect('spawned');
    await client.view(); // reads no more: session-host waits for it for a while
    assert.equal((await client.expect('exited')).status, 4 << 8);
    process.kill(findProcesses('vestibule-session-host')[0]!.pid, 'SIGSTOP');
    await client.expect(close === 'asked' ? 'ended' : 'closed');
    if (close === 'asked') await client.end();
    assertNothingLeft(client);
  }
});

test('an open session without a program ends too', async () => {
  const client = await openSession({ user: dan.name, pty: true });
  assert.equal(await client.end(), null);
  assertNothingLeft(client);
});

test('SIGTERM to the leader is an orderly end, SIGHUP is nothing', async () => {
  const client = await startRunaway();
  const leader = leaderOf(client);
  process.kill(leader, 'SIGHUP');
  process.kill(leader, 'SIGTERM');
  assert.equal(await client.expectClosed(), 9);
  assertNothingLeft(client);
  assert.equal(marks().length, 2);
});

function leaderOf(client: Client): number {
  return Number(
    new RegExp(`vestibule-leader\\[(\\d+)\\]: opened PAM session ${client.pamSession}`).exec(
      readLog(),
    )![1],
  );
}

test('an attached session ends with its owner’s connection, a detached one does not', async () => {
  const attached = await openSession({ user: dan.name, attached: true });
  attached.spawn({ argv: ['/bin/sleep', '1000'] });
  await attached.expect('spawned');
  attached.socket.destroy();
  await logged(new RegExp(`closed PAM session ${attached.pamSession}`));
  const detached = await openSession({ user: dan.name });
  detached.spawn({ argv: ['/bin/sleep', '1000'] });
  const { pid } = await detached.expect('spawned');
  detached.socket.destroy();
  await logged(/connection of root closed: it ended/, readLog().lastIndexOf(detached.pamSession));
  assert.ok(ofDan().includes(pid));
  const again = await Client.adopt(detached.pamSession, 'root');
  assert.equal(again.state?.pids[0], pid);
  assert.equal(await again.end(), 1);
});

test('kill -9 of session-host ends its programs and closes PAM', async () => {
  const client = await startRunaway();
  process.kill(findProcesses('vestibule-session-host')[0]!.pid, 'SIGKILL');
  assert.equal(await client.expectClosed(), 9);
  assertNothingLeft(client);
  assert.equal(marks().length, 2);
});

test('a failing close is logged and the rest is done', async () => {
  makeProfile('stubborn', [
    'auth required %FAKE% delete=mark:/run/marks',
    'account required %FAKE%',
    'session required %FAKE% close=fail:14',
  ]);
  const from = readLog().length;
  const client = await openSession({ user: dan.name, service: 'stubborn' });
  await client.end();
  await logged(/pam_close_session by 'stubborn'.*\(14\)/, from);
  assert.equal(marks().length, 1);
});

test('words of PAM while closing go to the log, questions are refused', async () => {
  makeProfile('talking', [
    'auth required %FAKE%',
    'account required %FAKE%',
    'session required %FAKE% close=text:/etc/hostname close=ask:1',
  ]);
  const from = readLog().length;
  const client = await openSession({ user: dan.name, service: 'talking' });
  await client.end();
  await logged(/PAM says: /, from);
  await logged(/pam_close_session by 'talking'.*\(19\)/, from);
});
