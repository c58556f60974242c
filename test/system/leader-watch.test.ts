/** The watch: a PAM module that hangs is killed before the session is open, a leader that died is cleaned up after. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { OPTIONS } from '../../src/config/options.ts';
import { readProcessState } from '../../src/lib/process-state.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { HungDirectory } from '../lib/hung-directory.ts';
import { Client, newId } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { openSession } from '../lib/leader/sessions.ts';
import { findProcesses, listProcesses, listRunning, parentOf } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import { ownCgroup } from '../lib/read-machine.ts';
import { listUtmp } from '../lib/utmp.ts';

/** Nothing here waits as long as that: the configured second counts. */
const DEFAULT_MS = Number(OPTIONS['auth-pam-timeout-seconds'].default) * 1000;

setUpLeaders({
  configuration: ['auth-pam-timeout-seconds=1', 'auth-person-timeout-seconds=1'],
});
const kim = makeAccount('watch-kim');

function makeFaulty(fault: string): void {
  makeProfile(
    'faulty',
    ['auth', 'account', 'session'].map((type) => `${type} required %FAKE% ${fault}`),
  );
}

async function openFaulty(): Promise<Client> {
  const client = await Client.greet('root');
  client.open({ user: kim.name, service: 'faulty', pty: true });
  return client;
}

test('a module that hangs in any stage before the session is open is killed in time, with its children', async () => {
  for (const stage of ['auth', 'account', 'setcred', 'open']) {
    makeFaulty(`${stage}=helper ${stage}=hang`);
    const from = readLog().length;
    const started = performance.now();
    const client = await openFaulty();
    await client.expectEnd();
    const took = performance.now() - started;
    assert.ok(took > 900 && took < DEFAULT_MS, `${took} ms`);
    await logged(/did not return to leader/, from);
    await logged(/rootd\[\d+\]: leader \d+ ended with status 1/, from);
    assert.deepEqual(findProcesses('fake-helper'), []);
    assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
  }
});

test('a person who was told something has their time from then on, and a person has more of it than a module', async () => {
  configure(['auth-pam-timeout-seconds=1', 'auth-person-timeout-seconds=3']);
  writeFileSync('/run/words', 'enter 42');
  makeFaulty('auth=text:/run/words auth=wait:/run/confirmed account=hang');
  execFileSync('mkfifo', ['/run/confirmed']);
  const from = readLog().length;
  const client = await openFaulty();
  const prompt = await client.next();
  assert.deepEqual(prompt?.name === 'prompt' && prompt.texts, ['enter 42']);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(readLog().slice(from).includes('did not return'), false);
  writeFileSync('/run/confirmed', '');
  await logged(/did not return .* killed in pam_acct_mgmt/, from);
  await client.expectEnd();
});

test('waiting for a person is not hanging, hanging after the answer is', async () => {
  makeFaulty('auth=ask:1 account=hang');
  const client = await openFaulty();
  const prompt = await client.expectPrompt();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const answered = performance.now();
  client.reply(prompt, 'answer-0');
  await client.expectEnd();
  const took = performance.now() - answered;
  assert.ok(took > 900 && took < DEFAULT_MS, `${took} ms`);
});

test('a module that crashes ends the leader without a core dump, whatever the stage', async () => {
  for (const stage of ['auth', 'account', 'setcred', 'open']) {
    makeFaulty(`${stage}=crash`);
    const from = readLog().length;
    const client = await openFaulty();
    await client.expectEnd();
    await logged(
      /unclean: leader \d+ of PAM session '[0-9a-f]{32}' ended with wait status 0xb/,
      from,
    );
  }
});

test('kill -9 of a leader: its programs end, its traces go, it is logged as unclean', async () => {
  for (const cgroups of [true, false]) {
    if (!cgroups) execFileSync('mount', ['-t', 'tmpfs', 'none', '/sys/fs/cgroup']);
    rmSync('/run/marks', { force: true });
    const from = readLog().length;
    const client = await openSession({ user: kim.name, pty: true });
    client.spawn({
      argv: ['/bin/sh', '-c', "trap '' HUP TERM; (setsid sleep 995 &); echo ready; cat"],
    });
    await client.expect('spawned');
    const viewer = await client.view();
    await viewer.until(/ready/);
    const leader = Number((await logged(/leader\[(\d+)\]: opened PAM session/, from))[1]);
    const watch = parentOf(leader);
    process.kill(leader, 'SIGKILL');
    await client.expectEnd();
    await viewer.rest();
    await logged(new RegExp(`rootd.*: leader ${watch} ended with status 1`), from);
    if (!cgroups) execFileSync('umount', ['/sys/fs/cgroup']);
    assert.match(readLog().slice(from), /watch\[\d+\]: unclean: .*its PAM session was not closed/);
    assert.deepEqual(listRunning(kim.uid), []);
    assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
    assert.equal(existsSync(`${PATHS.sessions}/${client.session}`), false);
    assert.doesNotMatch(execFileSync('who', { encoding: 'utf8' }), new RegExp(kim.name));
  }
});

/** The sessions of the dead leader that are left: their directories, cgroups and terminals. */
const countLeft = (cgroups: boolean): readonly number[] => [
  readdirSync(PATHS.sessions).length,
  listUtmp(readFileSync('/run/utmp')).length,
  cgroups ? readdirSync(ownCgroup()).filter((name) => name.startsWith('vestibule-')).length : 0,
];

test('kill -9 of a leader: a program that cannot be killed keeps nothing of the others', async () => {
  mkdirSync('/srv/hung', { recursive: true });
  chmodSync('/srv/hung', 0o755);
  for (const cgroups of [true, false]) {
    if (!cgroups) execFileSync('mount', ['-t', 'tmpfs', 'none', '/sys/fs/cgroup']);
    const hung = await HungDirectory.mount('/srv/hung');
    const from = readLog().length;
    const client = await openSession({ user: kim.name, close: 'asked' });
    for (const program of ['exec cat /srv/hung/x', "trap '' HUP TERM; (setsid sleep 995 &); cat"]) {
      client.spawn({ session: newId(), pty: true, argv: ['/bin/sh', '-c', program] });
      await client.expect('spawned');
    }
    const waiting = () => listRunning(kim.uid).filter(({ argv }) => argv[0] === 'cat' && argv[1]);
    await hung.asked;
    assert.equal(waiting().length, 1);
    process.kill(client.state!.pid, 'SIGKILL');
    await client.expectEnd();
    const held = cgroups ? '1,1,1' : '0,0,0'; // without them nobody knows whose the process is
    await until(() => countLeft(cgroups).join() === held, 'the other session has gone');
    await until(() => listRunning(kim.uid).length === 1, 'all that can be killed is dead');
    assert.equal(waiting().length, 1);
    assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
    await hung.answer();
    await logged(/rootd.*: leader \d+ ended with status 1/, from);
    assert.deepEqual([...countLeft(cgroups), listRunning(kim.uid).length], [0, 0, 0, 0]);
    if (!cgroups) execFileSync('umount', ['/sys/fs/cgroup']);
  }
});

/** It waits for what a module has put in the place of /etc/passwd. */
test('kill -9 between pam_open_session and the socket: the log says that the session is open', async () => {
  const script = '/usr/local/bin/take-passwd';
  writeFileSync(script, '#!/bin/sh\nmv /etc/passwd /etc/passwd.before; mkfifo /etc/passwd\n');
  chmodSync(script, 0o755);
  makeProfile('taking', [
    ...['auth required %FAKE%', 'account required %FAKE%'],
    `session required pam_exec.so ${script}`,
  ]);
  const from = readLog().length;
  const client = await Client.greet('root');
  client.open({ user: kim.name, service: 'taking' });
  await logged(/pam_open_session by 'taking'.*\(0\)/, from);
  const { pid } = client.state!;
  // It has noted that the session is open, and waits for whoever writes to the pipe.
  await until(() => readProcessState(pid)?.state === 'S', 'the leader reads /etc/passwd');
  process.kill(pid, 'SIGKILL');
  await client.expectEnd();
  renameSync('/etc/passwd.before', '/etc/passwd');
  await logged(/watch\[\d+\]: unclean: .*its PAM session was not closed/, from);
});

test('kill -9 of the watch leaves the session as it is', async () => {
  const from = readLog().length;
  const client = await openSession({ user: kim.name });
  client.spawn({ argv: ['/bin/sleep', '1000'] });
  await client.expect('spawned');
  const leader = Number((await logged(/leader\[(\d+)\]: opened PAM session/, from))[1]);
  process.kill(parentOf(leader), 'SIGKILL');
  assert.equal(await client.end(), 1);
});

test('kill -9 of watch and leader: session-host hangs its program up, a terminal or not', async () => {
  for (const pty of [true, false]) {
    const from = readLog().length;
    const client = await openSession({ user: kim.name, pty });
    client.spawn({ argv: ['/bin/sleep', '1000'] });
    await client.expect('spawned');
    const viewer = await client.view();
    const leader = Number((await logged(/leader\[(\d+)\]: opened PAM session/, from))[1]);
    process.kill(parentOf(leader), 'SIGKILL');
    process.kill(leader, 'SIGKILL');
    await viewer.rest();
    const left = () => listProcesses().filter(({ uid }) => uid === kim.uid);
    await until(() => left().length === 0, 'no process of the user is left');
  }
});

test('SIGTERM before the session is open just ends the leader', async () => {
  makeFaulty('auth=ask:1');
  const client = await openFaulty();
  await client.expectPrompt();
  const watches = findProcesses('vestibule-leader').map(({ pid }) => pid);
  const leader = findProcesses('vestibule-leader').find(({ parent }) => watches.includes(parent))!;
  process.kill(leader.pid, 'SIGTERM');
  await client.expectEnd();
});
