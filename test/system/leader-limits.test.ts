/** What PAM modules set on "the process": the user's program gets exactly that, and the leader lives as before. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { exitStatus } from '../../src/lib/exit-status.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { openSession, runScript, signIn } from '../lib/leader/sessions.ts';
import { parentOf } from '../lib/processes.ts';

setUpLeaders({
  profiles: {
    vestibule: UNIX_LOGIN,
    bounded: [
      'auth sufficient pam_rootok.so',
      'account required pam_permit.so',
      'session required pam_limits.so conf=/etc/security/lab.conf',
      'session optional pam_umask.so umask=0027',
    ],
  },
});
const lea = makeAccount('bounds-lea');

const limit = (...lines: readonly string[]): void =>
  writeFileSync('/etc/security/lab.conf', lines.map((line) => `${lea.name} ${line}\n`).join(''));

/** What modules may change of a process. */
function stateOf(pid: number): string[] {
  const nice = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[16];
  const umask = /^Umask:.*$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![0];
  const cwd = execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' });
  return [readFileSync(`/proc/${pid}/limits`, 'utf8'), `nice ${nice}`, umask, cwd];
}

const SHOW = 'ulimit -Sa; ulimit -Ha; nice; umask; echo x >~/f || :; stat -c %a ~/f; rm -f ~/f';
const cases: readonly (readonly string[])[] = [
  ['- nofile 128'],
  ['soft nofile 100', 'hard nofile 200'],
  ['- nofile 20'],
  ['- nproc 20'],
  ['- fsize 1'],
  ['- as 60000'],
  ['- data 8000'],
  ['- stack 500'],
  ['- cpu 1'],
  ['- memlock 0'],
  ['- core 0'],
  ['- sigpending 4'],
  ['- msgqueue 0'],
  ['- rss 1'],
  ['- locks 1'],
  ['- priority 19'],
  [
    '- nofile 64',
    '- nproc 30',
    '- fsize 1',
    '- as 60000',
    '- cpu 1',
    '- memlock 0',
    '- priority 5',
  ],
];
for (const lines of cases) {
  test(`limits.conf: ${lines.join(', ')}`, async () => {
    limit(...lines);
    const script = `exec bash -c '${SHOW}'`;
    writeFileSync('/etc/pam.d/su', readFileSync('/etc/pam.d/bounded'));
    const wanted = spawnSync('su', [lea.name, '-c', `cd; ${script}`], { encoding: 'utf8' });
    const from = readLog().length;
    for (const pty of [false, true]) {
      const [text, status] = await runScript(`stty -onlcr 2>/dev/null; ${script} 2>/dev/null`, {
        ...{ user: lea.name, service: 'bounded', pty },
      });
      assert.equal(text.replace(/^\r?\n/, ''), wanted.stdout);
      assert.equal(exitStatus(status), wanted.status);
    }
    const client = await openSession({ user: lea.name, service: 'bounded', pty: true });
    client.spawn({ argv: ['/bin/cat'] });
    const { pid } = await client.expect('spawned');
    const leader = parentOf(parentOf(pid));
    // Its watch never ran a module.
    assert.deepEqual(stateOf(leader), stateOf(parentOf(leader)));
    const viewer = await client.view();
    viewer.type('x'.repeat(1000));
    await viewer.until(/x{1000}/);
    await Client.adopt(client.pamSession, 'root');
    viewer.type('\n\x04');
    viewer.socket.destroy();
    await client.expect('exited');
    await client.expectClosed();
    assert.doesNotMatch(readLog().slice(from), /unclean|cannot/);
    assert.equal(execFileSync('who', { encoding: 'utf8' }), '');
  });
}

test("pam_umask: pri= in GECOS, which it sets by nice(3), is the program's and not the leader's", async () => {
  limit();
  execFileSync('usermod', ['-c', 'Lea,,,,pri=7', lea.name]);
  const asked = { user: lea.name, service: 'bounded' };
  assert.equal((await runScript('nice', asked))[0], '7\n');
  const client = await openSession(asked);
  client.spawn({ argv: ['/bin/cat'] });
  const leader = parentOf(parentOf((await client.expect('spawned')).pid));
  assert.deepEqual(stateOf(leader), stateOf(parentOf(leader)));
  await client.end();
  execFileSync('usermod', ['-c', '', lea.name]);
});

test('a module that leaves signals, a timer, umask and directory changed', async () => {
  makeProfile('disturbed', [
    'auth sufficient pam_rootok.so',
    'account required pam_permit.so',
    'session required %FAKE% open=disturb',
  ]);
  const client = await openSession({ user: lea.name, service: 'disturbed' });
  const from = readLog().length;
  // The SIGTERM that the module held back ends the session, in order.
  assert.equal(await client.expectClosed(), null);
  assert.doesNotMatch(readLog().slice(from), /unclean|cannot/);
});

test('a leader with many programs under few descriptors', async () => {
  limit('- nofile 24');
  configure(['auth-pam-sessions-profile=bounded']);
  const { grant } = await signIn(lea.name, lea.password);
  const client = await Client.greet('broker');
  client.open({ user: lea.name, grant, service: 'bounded', close: 'asked' });
  await client.expect('opened');
  for (let i = 0; i < 40; i++) {
    client.spawn({ session: randomBytes(16).toString('hex'), grant, pty: true });
    await client.expect('spawned');
  }
  client.send({ name: 'close' });
  await logged(new RegExp(`closed PAM session ${client.pamSession}`));
});

test('a limit that nothing can run under is said, and the session is closed in order', async () => {
  limit('- as 1000');
  const from = readLog().length;
  const client = await openSession({ user: lea.name, service: 'bounded' });
  client.spawn({ argv: ['/bin/true'] });
  assert.match((await client.expect('failed')).text, /session-host|memory/);
  await client.end();
  assert.doesNotMatch(readLog().slice(from), /unclean/);
});
