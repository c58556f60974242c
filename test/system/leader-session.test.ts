/** What a program finds in a PAM session: what su(1) gives, and nothing of the leader's. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { LEADER_STAGES, PATHS } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { openSession, runScript } from '../lib/leader/sessions.ts';
import { cgroupOf, parentOf } from '../lib/processes.ts';
import { listUtmp } from '../lib/utmp.ts';

setUpLeaders();
const eve = makeAccount('session-eve', ['lab-one', 'lab-two', 'audio']);

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

test('ids, groups, limits, umask and directory are those of su', async () => {
  writeFileSync(
    '/etc/security/limits.d/lab.conf',
    `${eve.name} - nofile 777\n${eve.name} soft nproc 300\n`,
  );
  const script = 'id; ulimit -Sa; ulimit -Ha; umask; pwd';
  const [ours, status] = await runScript(`exec bash -c '${script}'`, { user: eve.name });
  assert.equal(status, 0);
  assert.equal(ours, execFileSync('su', ['-', eve.name, '-c', script], { encoding: 'utf8' }));
  assert.match(ours, /777/);
});

test('environment: base, then what was requested, then PAM’s; nothing of the leader’s', async () => {
  writeFileSync('/etc/environment', 'FROM_PAM=pam\nLAB="two words"\n');
  const requested = [
    'FROM_PAM=requested',
    'TERM=vt100',
    'HOME=/elsewhere',
    'ONLY=requested',
    'EMPTY=',
  ];
  const [output] = await runScript('env', { user: eve.name, pty: true }, requested);
  const environment = Object.fromEntries(
    lines(output.replaceAll('\r', '')).map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
  assert.deepEqual(
    {
      ...environment,
      MAIL: undefined,
      PWD: undefined,
      _: undefined,
      OLDPWD: undefined,
      SHLVL: undefined,
    },
    {
      ...{ HOME: `/home/${eve.name}`, USER: eve.name, LOGNAME: eve.name, SHELL: '/bin/bash' },
      ...{
        FROM_PAM: 'pam',
        LAB: 'two words',
        TERM: 'vt100',
        ONLY: 'requested',
        EMPTY: '',
        LANG: 'C.UTF-8',
      },
      ...{ XDG_SESSION_TYPE: 'tty', XDG_SESSION_CLASS: 'user' },
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games',
      ...{ MAIL: undefined, PWD: undefined, _: undefined, OLDPWD: undefined, SHLVL: undefined },
    },
  );
});

test('an environment entry without a name is refused, the session stays open', async () => {
  const client = await openSession({ user: eve.name });
  client.spawn({ environment: ['no-value'] });
  assert.equal(LEADER_STAGES[(await client.expect('failed')).stage], 'spawn');
  assert.equal(await client.end(), null);
});

test('descriptors: 0-2 alone, whatever a module leaves open', async () => {
  makeProfile('leaky', [
    'auth required %FAKE%',
    'account required %FAKE%',
    'session required %FAKE% open=descriptor open=stdout',
  ]);
  for (const pty of [true, false]) {
    const [text] = await runScript('ls /proc/self/fd', { user: eve.name, service: 'leaky', pty });
    assert.deepEqual(text.trim().split(/\s+/), ['0', '1', '2', '3'], 'ls has opened 3 itself');
  }
});

test('signals: all at their default, none blocked', async () => {
  const [text] = await runScript('exec cat /proc/self/status', { user: eve.name });
  const signals = [...text.matchAll(/^Sig(?:Blk|Ign|Cgt):\t(.*)$/gm)].map((match) => match[1]);
  assert.deepEqual(signals, ['0'.repeat(16), '0'.repeat(16), '0'.repeat(16)]);
});

test('groups that pam_group adds are there, and are the leader’s business alone to change', async () => {
  writeFileSync('/etc/security/group.conf', `*;*;${eve.name};Al0000-2400;dialout,video\n`);
  makeProfile('grouping', [
    'auth required pam_permit.so',
    'auth optional pam_group.so',
    'account required pam_permit.so',
  ]);
  const [text] = await runScript('id -Gn', { user: eve.name, service: 'grouping' });
  const names = text.trim().split(' ').sort();
  assert.deepEqual(names, [eve.name, 'audio', 'dialout', 'lab-one', 'lab-two', 'video'].sort());
});

test('umask of pam_umask holds for the program and not for our sockets', async () => {
  makeProfile('masking', [
    'auth required pam_permit.so',
    'account required pam_permit.so',
    'session required pam_umask.so umask=0077',
  ]);
  const client = await openSession({ user: eve.name, service: 'masking' });
  client.spawn({ argv: ['/bin/sh', '-c', 'umask; cat'] });
  await client.expect('spawned');
  const viewer = await client.view();
  assert.equal((await viewer.until(/\d+\n/))[0], '0077\n');
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  const directory = `${PATHS.sessions}/${client.session}`;
  assert.deepEqual(
    [directory, `${directory}/s`, `${PATHS.leaders}/${client.pamSession}`].map(mode),
    ['710', '660', '660'],
  );
  await client.end();
});

test('the terminal is the user’s, group tty, 0620, and PAM_TTY, utmp and the program name the same one', async () => {
  makeProfile('tty', [
    'auth required pam_permit.so',
    'account required pam_permit.so',
    'session required pam_exec.so stdout /usr/bin/env',
  ]);
  const client = await openSession({ user: eve.name, service: 'tty', pty: true });
  const tty = (await openState(client.pamSession))!.ttys[0]!;
  assert.ok(client.texts.includes(`PAM_TTY=${tty}`), client.texts.join());
  assert.ok(client.texts.includes('PAM_RHOST=192.0.2.7'), client.texts.join());
  const status = statSync(tty);
  assert.deepEqual([status.uid, status.gid, status.mode & 0o777], [eve.uid, 5, 0o620]);
  client.spawn({ argv: ['/bin/sh', '-c', 'tty; stty size; cat'] });
  await client.expect('spawned');
  await (await client.view()).until(new RegExp(`${tty}\r\n24 80`));
  assert.match(whoOn(tty), new RegExp(`^${eve.name} .*\\(192.0.2.7\\)`));
  await client.end();
  assert.equal(whoOn(tty), '');
  const rows = lines(
    execFileSync('utmpdump', ['/var/log/wtmp'], { encoding: 'utf8', stdio: 'pipe' }),
  ).slice(-2);
  assert.deepEqual(
    rows.map((row) => [row.slice(0, 3), row.includes(`[${tty.slice(5)} `)]),
    [
      ['[7]', true],
      ['[8]', true],
    ],
  );
});

/** As any user can: fcntl(2) with F_RDLCK, of the files that everybody may read. */
const LOCKER = `use Fcntl;
for (@ARGV) {
  open(my $file, '<', $_) or die $!;
  push @files, $file;
  my $lock = pack('s s x4 q q i x4', F_RDLCK, 0, 0, 0, 0);
  fcntl($file, F_SETLK, $lock) or die $!;
}
print 'locked';
close(STDOUT);
sleep(1000);`;

test('another user who locks utmp and wtmp holds up nobody', async () => {
  const eva = await openSession({ user: eve.name, pty: true });
  const files = ['/run/utmp', '/var/log/wtmp'];
  const locker = spawn(
    'setpriv',
    ['--reuid=65534', '--clear-groups', 'perl', '-e', LOCKER, ...files],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  assert.equal(await text(locker.stdout), 'locked');
  eva.spawn({ argv: ['/bin/sh', '-c', 'exit 0'] });
  // Waiting for the lock takes glibc 10 s, which is more than session-host waits for its order.
  await eva.expect('spawned');
  await eva.end();
  locker.kill();
});

/** As root, in rounds: held for 20 ms, free for 1. */
const BUSY = `use Fcntl;
open(my $file, '+<', $ARGV[0]) or die $!;
print 'locked';
close(STDOUT);
for (;;) {
  my $lock = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0);
  fcntl($file, F_SETLKW, $lock) or die $!;
  select(undef, undef, undef, 0.02);
  my $unlock = pack('s s x4 q q i x4', F_UNLCK, 0, 0, 0, 0);
  fcntl($file, F_SETLK, $unlock) or die $!;
  select(undef, undef, undef, 0.001);
}`;

test('a row of utmp is written and cleared although others of root write rows all the time', async (t) => {
  const writer = spawn('perl', ['-e', BUSY, '/run/utmp'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => writer.kill());
  assert.equal(await text(writer.stdout), 'locked');
  for (let i = 0; i < 8; i++) {
    const eva = await openSession({ user: eve.name, pty: true });
    eva.spawn({ argv: ['/bin/sleep', '1000'] });
    const { tty } = await eva.expect('spawned');
    const listed = () => listUtmp(readFileSync('/run/utmp')).map(({ line }) => line);
    assert.ok(listed().includes(tty.slice('/dev/'.length)));
    await eva.end();
    assert.ok(!listed().includes(tty.slice('/dev/'.length)));
  }
});

async function openState(pamSession: string): Promise<Client['state']> {
  const client = await Client.adopt(pamSession, 'root');
  client.socket.destroy();
  return client.state;
}

function whoOn(tty: string): string {
  const rows = lines(execFileSync('who', ['-u'], { encoding: 'utf8' }));
  return rows.find((row) => row.includes(` ${tty.slice('/dev/'.length)} `)) ?? '';
}

test('an empty argv is the login shell of the account', async () => {
  const client = await openSession({ user: eve.name, pty: true });
  client.spawn();
  await client.expect('spawned');
  const viewer = await client.view();
  viewer.type('echo "<$0>"; shopt login_shell; exit 5\n');
  await viewer.rest();
  assert.match(viewer.text, /<-bash>/);
  assert.match(viewer.text, /login_shell\s+on/);
  assert.equal(await client.expectClosed(), 5 << 8);
});

test('a program that cannot be run is told, the session stays open', async () => {
  for (const argv of [['relative'], ['/does/not/exist'], ['/etc/passwd'], ['']]) {
    const client = await openSession({ user: eve.name });
    client.spawn({ argv });
    const { stage, text } = await client.expect('failed');
    assert.equal(LEADER_STAGES[stage], argv[0]?.startsWith('/') ? 'execute' : 'spawn', text);
    if (argv[0] !== '')
      assert.match(text, new RegExp(argv[0] === 'relative' ? 'absolute path' : `'${argv[0]}'`));
    assert.equal(await client.end(), null);
  }
});

test('RLIMIT_NPROC that is used up is said in words', async () => {
  const user = makeAccount('session-full');
  const first = await openSession({ user: user.name });
  first.spawn({ argv: ['/bin/sleep', '1000'] });
  await first.expect('spawned');
  writeFileSync('/etc/security/limits.d/full.conf', `${user.name} - nproc 1\n`);
  const second = await openSession({ user: user.name });
  second.spawn({ argv: ['/bin/sleep', '1000'] });
  const { stage, text } = await second.expect('failed');
  assert.deepEqual(
    [LEADER_STAGES[stage], /as many processes as/.test(text)],
    ['spawn', true],
    text,
  );
  await second.end();
  await first.end();
});

test('arguments and environment stay arrays, in any bytes, up to their limit', async () => {
  const client = await openSession({ user: eve.name });
  const odd = ['a b', '$HOME', '"', "'", '\\', 'ü\n', '', '*'];
  const script = 'read -r go; exec /usr/bin/printf "<%s>" "$@"';
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => `X${i}=`.padEnd(32_000, 'x'));
  client.spawn({
    argv: ['/bin/sh', '-c', script, 'sh', ...odd],
    environment: ['X=a b;$(id)', ...many(7)],
  });
  await client.expect('spawned');
  const viewer = await client.view();
  viewer.type('\n');
  await viewer.rest();
  assert.equal(
    Buffer.from(viewer.text, 'latin1').toString(),
    odd.map((text) => `<${text}>`).join(''),
  );
  await client.expectClosed();
  const large = await openSession({ user: eve.name });
  large.spawn({ argv: ['/bin/true'], environment: many(8) });
  assert.match((await large.expect('failed')).text, /arguments and environment/);
  await large.end();
});

test('a home that cannot be entered: the program starts all the same', async () => {
  const user = makeAccount('session-homeless');
  execFileSync('mv', [`/home/${user.name}`, '/home/moved']);
  const [text] = await runScript('pwd; echo $HOME', { user: user.name });
  assert.match(text, new RegExp(`^/\n/home/${user.name}\n`));
});

test('the program is in a cgroup of its own, the leader is not', async () => {
  const client = await openSession({ user: eve.name });
  client.spawn({ argv: ['/bin/sleep', '1000'] });
  const { pid } = await client.expect('spawned');
  assert.ok(cgroupOf(pid).endsWith(`/vestibule-${client.session}`), cgroupOf(pid));
  assert.equal(cgroupOf(parentOf(parentOf(pid))), cgroupOf('self'));
  await client.end();
});

test('two users’ sessions at once have keyrings, limits and login ids of their own', async () => {
  mkdirSync('/run/ids', { mode: 0o777, recursive: true });
  const other = makeAccount('session-other');
  makeProfile('ids', [
    'auth required pam_permit.so',
    'account required pam_permit.so',
    'session optional pam_keyinit.so force revoke',
    'session optional pam_loginuid.so',
  ]);
  const sessions = await Promise.all(
    [eve, other].map((user) => openSession({ user: user.name, service: 'ids' })),
  );
  const texts = [];
  for (const client of sessions) {
    client.spawn({
      argv: [
        '/bin/sh',
        '-c',
        'cat /proc/self/loginuid; echo; grep _ses /proc/keys | cut -d" " -f1; read -r go',
      ],
    });
    await client.expect('spawned');
    texts.push((await (await client.view()).until(/\n[0-9a-f]{8}\n/))[0]);
  }
  assert.notEqual(texts[0], texts[1]);
  for (const client of sessions) await client.end();
});
