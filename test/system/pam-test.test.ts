/** `vestibule pam test`: each call's result, what was said, asked and logged; and who may ask for it. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { PATHS, toLeader } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { expectRefusal } from '../lib/leader/connection.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { idOf, makeProfile } from '../lib/leader/machine.ts';

const UNIX = ['auth', 'account', 'password', 'session'].map(
  (type) => `${type} required pam_unix.so${type === 'auth' ? ' nodelay' : ''}`,
);

setUpLeaders({
  configuration: ['auth-pam-timeout-seconds=5', 'auth-person-timeout-seconds=5'],
  profiles: { unix: UNIX },
});
const ada = makeAccount('ada');

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}
interface Outcome {
  readonly operation: string;
  readonly name: string;
  readonly text: string;
  readonly microseconds: number;
  readonly texts: readonly { style: string; text: string }[];
  readonly syslog: readonly { severity: string | null; text: string }[];
}
const COMMAND = [process.execPath, 'src/cli/main.ts', 'pam', 'test'] as const;

async function pamTest(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(COMMAND[0], [...COMMAND.slice(1), ...args]);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  child.stdin.on('error', () => {}).end(input);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out: await out, err: await err };
}
async function outcomes(args: readonly string[], input = ''): Promise<[number | null, Outcome[]]> {
  const { status, out, err } = await pamTest(['--json', ...args], input);
  assert.match(out, /^\{.*\}\n$/, err);
  return [status, (JSON.parse(out) as { operations: Outcome[] }).operations];
}
const names = (all: readonly Outcome[]): string[][] =>
  all.map(({ operation, name }) => [operation, name]);

test('the right password, and every operation after it', async () => {
  const args = ['unix', 'ada', 'authenticate', 'acct_mgmt', 'setcred', 'open_session'];
  const { status, out, err } = await pamTest([...args, 'close_session'], `${ada.password}\n`);
  assert.equal(status, 0, out + err);
  assert.equal(err, 'Password: \n');
  const times = out.replaceAll(/\d+\.\d{3} s/g, 'N s').replaceAll(/\[\d+\]/g, '[P]');
  assert.match(
    times,
    /^authenticate:\n {2}successfully authenticated: PAM_SUCCESS \(Success\), N s\nacct_mgmt:\n {2}account management done: /,
  );
  assert.match(
    times,
    /^ {2}syslog info: vestibule-pam-test\[P\]: pam_unix\(unix:session\): session opened for user ada/m,
  );
  assert.match(
    times,
    /^ {2}session has successfully been closed: PAM_SUCCESS \(Success\), N s\n$/m,
  );
});

test('a name that nobody has is said, though the profile lets it in', async () => {
  makeProfile('lets-in', ['auth sufficient pam_rootok.so', ...UNIX.slice(1)]);
  for (const [user, warned] of [
    [
      'no-such-name',
      /^warning: no account here has the name 'no-such-name': the results are right only if/,
    ],
    ['ada', /^$/],
  ] as const) {
    const { status, out, err } = await pamTest(['lets-in', user, 'authenticate']);
    assert.equal(status, 0, out);
    assert.match(err, warned);
  }
});

test('a wrong password: the result in words, the module’s line for syslog, the rest not called', async () => {
  const { status, out } = await pamTest(['unix', 'ada', 'authenticate', 'setcred'], 'wrong\n');
  assert.equal(status, 1);
  assert.match(
    out,
    /^ {2}failed: PAM_AUTH_ERR \(Authentication failure\), \d+\.\d{3} s\nsetcred: not called\n$/m,
  );
  assert.match(
    out,
    /^ {2}syslog notice: .*pam_unix\(unix:auth\): authentication failure; .* user=ada$/m,
  );
});

test('JSON has all of it', async () => {
  const args = ['--rhost', '192.0.2.7', 'unix', 'ada', 'authenticate'];
  const [status, [outcome, ...more]] = await outcomes(args, 'wrong\n');
  assert.deepEqual([status, more], [1, []]);
  assert.equal(outcome?.name, 'PAM_AUTH_ERR');
  assert.match(outcome?.syslog[0]?.text ?? '', /rhost=192\.0\.2\.7 /);
  assert.ok((outcome?.microseconds ?? 0) > 0);
});

test('an expired password is a result of its own, and chauthtok changes it', async () => {
  const bea = makeAccount('bea');
  execFileSync('chage', ['-d', '0', 'bea']);
  const fresh = 'Brand-new-4711-word';
  const input = [bea.password, bea.password, fresh, fresh, ''].join('\n');
  const args = ['unix', 'bea', 'authenticate', 'acct_mgmt', 'chauthtok', 'acct_mgmt'];
  const [status, all] = await outcomes(args, input);
  assert.deepEqual(names(all), [
    ['authenticate', 'PAM_SUCCESS'],
    ['acct_mgmt', 'PAM_NEW_AUTHTOK_REQD'],
    ['chauthtok', 'PAM_SUCCESS'],
    ['acct_mgmt', 'PAM_SUCCESS'],
  ]);
  assert.match(JSON.stringify(all[1]?.texts), /required to change your password immediately/);
  // One of the operations did not succeed.
  assert.equal(status, 1);
  assert.equal((await outcomes(['unix', 'bea', 'authenticate'], `${fresh}\n`))[0], 0);
});

test('an expired password is not followed by a session', async () => {
  makeAccount('cy');
  execFileSync('chage', ['-d', '0', 'cy']);
  const [, all] = await outcomes(['unix', 'cy', 'acct_mgmt', 'open_session']);
  assert.deepEqual(names(all), [['acct_mgmt', 'PAM_NEW_AUTHTOK_REQD']]);
});

test('many questions at once, and a text among them', async () => {
  makeProfile('asks', ['auth required %FAKE% auth=ask:3']);
  const input = 'answer-0\nanswer-1\nanswer-2\n';
  const [status, [outcome]] = await outcomes(['asks', 'ada', 'authenticate'], input);
  assert.equal(status, 0);
  assert.deepEqual(outcome?.texts, [{ style: 'info', text: '3 questions' }]);
});

test('an input that ends answers nothing', async () => {
  const args = ['asks', 'ada', 'authenticate'];
  const [status, all] = await outcomes(args, 'answer-0\n');
  assert.deepEqual([status, names(all)], [1, [['authenticate', 'PAM_CONV_ERR']]]);
  // Each question's line ends, though nothing echoes.
  assert.match((await pamTest(args, 'answer-0\n')).err, /^[^\n]+\n[^\n]+\n$/);
});

test('a module that does not come back is told as such, and takes no longer than it may', async () => {
  makeProfile('hangs', ['auth required %FAKE% auth=hang']);
  const { status, err } = await pamTest(['hangs', 'ada', 'authenticate']);
  assert.equal(status, 1);
  assert.match(
    err,
    /^vestibule: wanted the result of '\w+' by profile '\w+', got the end of the connection/,
  );
  // Killed, it could not remove it.
  rmSync('/dev/log', { force: true });
});

test('what cannot be tested is one line', async () => {
  const blank = await pamTest(['no profile', 'ada', 'authenticate']);
  assert.match(blank.err, /wanted the name of a file in \/etc\/pam\.d, got 'no profile'; name one/);
  const from = await pamTest(['unix', 'ada', 'authenticate', '--rhost', 'x y']);
  assert.equal(from.err, "vestibule: wanted an address or host name, got 'x y'; name one\n");
  const word = await pamTest(['unix', 'ada', 'authenticate', 'sing']);
  assert.deepEqual([blank.status, from.status, word.status], [2, 2, 2]);
  const other = await pamTest(['no-such-profile', 'ada', 'acct_mgmt']);
  assert.match(other.err, /^warning: there is no profile 'no-such-profile': PAM uses 'other'$/m);
});

test('on a terminal a password is not shown, its line can be edited, and the echo comes back', async () => {
  const inner = `${COMMAND.join(' ')} unix ada authenticate; stty -a`;
  const child = spawn('script', ['-qec', inner, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    // Typed when the question stands there: before, the terminal would show it.
    if (!screen.includes('Password: ') && (screen + chunk).includes('Password: '))
      child.stdin.write(`nonsense\x15xü\x7f\x7f${ada.password}\n`);
    screen += chunk;
  });
  await once(child, 'close');
  assert.match(screen, /Password: \r\n {2}successfully authenticated: PAM_SUCCESS/);
  assert.match(screen, / icanon .*[^-]echo /s);
});

test('Ctrl-C at a hidden question ends it, with the echo back and no failed attempt', async () => {
  const inner = `trap : INT; ${COMMAND.join(' ')} unix ada authenticate; echo status $?; stty -a`;
  const child = spawn('script', ['-qec', inner, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!screen.includes('Password: ') && (screen + chunk).includes('Password: '))
      child.stdin.write('half\x03');
    screen += chunk;
  });
  await once(child, 'close');
  assert.match(screen, /status 130/);
  assert.match(screen, / icanon .*[^-]echo /s);
  // Removed by the leader, when it hears that nobody is there any more.
  const devices = watch('/dev');
  const signal = AbortSignal.timeout(30_000);
  while (existsSync('/dev/log')) await once(devices, 'change', { signal });
  devices.close();
});

test('where there is a syslog daemon it gets the same lines, and stays in its place', async () => {
  const program =
    'use Socket; $| = 1; socket S, PF_UNIX, SOCK_DGRAM, 0; bind S, sockaddr_un "/dev/log"; print "ready\n"; while (defined recv S, $line, 8192, 0) { print "$line\n" }';
  const daemon = spawn('perl', ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = '';
  daemon.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    lines += chunk;
  });
  await once(daemon.stdout, 'data');
  try {
    const script = '/tmp/write-lines';
    const loop = 'i=0; while [ $i -lt 40 ]; do logger "line $i"; i=$((i+1)); done';
    writeFileSync(script, `#!/bin/sh\n${loop}\n`, { mode: 0o755 });
    makeProfile('writes', [`auth required pam_exec.so quiet ${script}`]);
    const [status, [outcome]] = await outcomes(['writes', 'ada', 'authenticate']);
    assert.equal(status, 0);
    assert.deepEqual(
      outcome?.syslog.map(({ text }) => text.replace(/^.*: /, '')),
      Array.from({ length: 40 }, (_, i) => `line ${i}`),
    );
    while (!lines.includes('tested profile')) await once(daemon.stdout, 'data');
    assert.match(lines, /line 0\n.*line 39\n.*tested profile 'writes' with user 'ada'/s);
    assert.doesNotMatch(readFileSync('/proc/mounts', 'utf8'), / \/dev\/log /);
  } finally {
    daemon.kill();
    rmSync('/dev/log', { force: true });
  }
});

test('only root may come to its socket, whatever the modes are', async () => {
  const directory = dirname(PATHS.pamTest);
  chmodSync(directory, 0o711);
  chmodSync(PATHS.pamTest, 0o666);
  try {
    for (const peer of ['broker', makeAccount('pam-test-stranger').uid] as const) {
      const uid = peer === 'broker' ? idOf('passwd', 'vestibule') : peer;
      const why = new RegExp(
        `rootd.*refused a connection of uid ${uid} to .*/vestibule-pam-test: wanted uid 0`,
      );
      const from = readLog().length;
      await Client.connect(peer, PATHS.pamTest).expectEnd();
      await logged(why, from);
    }
  } finally {
    chmodSync(PATHS.pamTest, 0o600);
    chmodSync(directory, 0o700);
  }
});

test('what only a leader does is no request of vestibule-pam-test', async () => {
  const taken = ['hello', 'test', 'answer', 'cancel'];
  for (const [name, { type }] of Object.entries(toLeader)) {
    if (taken.includes(name)) continue;
    const client = await Client.greet('root', PATHS.pamTest);
    await expectRefusal(
      client,
      new RegExp(
        `message ${type} \\(unknown\\) from root in phase 0 refused: there is no such request`,
      ),
      () => client.frames.send(Buffer.from([type])),
    );
  }
});

test('its environment is that of the server, not of who asks', async () => {
  const script = '/tmp/tell-process';
  const tell = 'echo "$(ulimit -n) $(cut -d" " -f7 /proc/$PPID/stat)"';
  writeFileSync(script, `#!/bin/sh\n${tell}\n`, { mode: 0o755 });
  makeProfile('tells', [`auth required pam_exec.so stdout ${script}`]);
  const command = `ulimit -n 77; exec ${COMMAND.join(' ')} --json tells ada authenticate`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = /"text":"(\d+) (\d+)"/.exec(await text(child.stdout))!;
  assert.notEqual(said[1], '77');
  assert.equal(said[2], '0', 'it has no controlling terminal');
});

test('what names no function of PAM calls none', async () => {
  const client = await Client.greet('root', PATHS.pamTest);
  const from = readLog().length;
  const conversation = randomBytes(16);
  const operations = ['setcred', 'system'];
  client.send({ name: 'test', conversation, service: 'unix', user: 'ada', rhost: '', operations });
  await client.expectEnd();
  await logged(/message 19 \(test\) from root in phase 0 refused: it is malformed/, from);
});
