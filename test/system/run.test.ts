/** `vestibule run` is what su is, by our road. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { logged, readLog } from '../lib/intruder.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { findProcesses } from '../lib/processes.ts';
import { VESTIBULE } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { openScreen } from '../oracle/screen.ts';

let server: Server;
let alice: Account;

before(async () => {
  alice = makeAccount('alice', ['lab', 'data']);
  writeFileSync(
    '/etc/security/limits.d/vestibule.conf',
    'alice soft nofile 777\nalice hard nproc 4321\n',
  );
  // Writes down each open and close of a PAM session.
  writeFileSync(
    '/usr/local/bin/note',
    '#!/bin/sh\necho "$PAM_TYPE $PAM_TTY" >>"/tmp/notes-$PAM_SERVICE"\n',
  );
  chmodSync('/usr/local/bin/note', 0o755);
  const note = 'session required pam_exec.so /usr/local/bin/note\n';
  writeFileSync(
    '/etc/pam.d/noted',
    `auth sufficient pam_rootok.so\n@include common-account\n${note}@include common-session\n`,
  );
  writeFileSync(
    '/etc/pam.d/asks',
    `@include common-auth\n@include common-account\n${note}@include common-session\n`,
  );
  server = await startServer();
});
after(() => server.interrupt());

function run(args: readonly string[], input: string | Buffer = '') {
  const { status, stdout, stderr } = spawnSync(VESTIBULE, ['run', ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  return { status, stdout, stderr };
}
/** Runs one that goes on; `line` gives its next line of output. */
function start(...args: string[]): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(VESTIBULE, ['run', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}
function ask(...args: string[]): unknown {
  return JSON.parse(execFileSync(VESTIBULE, [...args, '--json'], { encoding: 'utf8' }));
}
function notes(profile: string): string[] {
  const file = `/tmp/notes-${profile}`;
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

test('identity, limits, umask and directory are those of su, line by line', () => {
  const script = 'id; ulimit -Sa; ulimit -Ha; umask; pwd';
  const su = execFileSync('su', ['-', 'alice', '-c', `sh -c '${script}'`], { encoding: 'utf8' });
  const { status, stdout, stderr } = run(['alice', '--', 'sh', '-c', script]);
  assert.equal(stderr, '');
  assert.deepEqual(stdout.split('\n'), su.split('\n'));
  assert.match(stdout, /nofiles +777/);
  assert.equal(status, 0);
});

test('without pam_limits the limits are those of su, whatever the server has', () => {
  const bare = ['auth sufficient pam_rootok.so', '@include common-account'];
  const su = readFileSync('/etc/pam.d/su-l');
  makeProfile('bare', [...bare, 'session required pam_unix.so']);
  makeProfile('su-l', [...bare, 'session required pam_unix.so']);
  const script = 'ulimit -Sa; ulimit -Ha';
  const bySu = execFileSync('su', ['-', 'alice', '-c', `sh -c '${script}'`], { encoding: 'utf8' });
  writeFileSync('/etc/pam.d/su-l', su);
  const [rootd] = findProcesses('/bin/vestibule-rootd');
  const own = ['--nofile=777:', '--fsize=9999872:', '--as=4000000000:'];
  for (const changes of [[], own]) {
    if (changes.length > 0) execFileSync('prlimit', [`--pid=${rootd!.pid}`, ...changes]);
    const { stdout, stderr } = run(['--profile', 'bare', 'alice', '--', 'sh', '-c', script]);
    assert.deepEqual([stdout.split('\n'), stderr], [bySu.split('\n'), '']);
  }
  assert.match(bySu, /nofiles +1024/);
});

test('arguments arrive as they are', () => {
  const args = ['a b', '', '$HOME', '"', "'", '*', 'two\nlines', '--help', 'ü'];
  const { stdout } = run(['alice', '--', 'printf', '[%s]', ...args]);
  assert.equal(stdout, args.map((arg) => `[${arg}]`).join(''));
});

test('input, output and errors are three streams, and the end of input arrives', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const { stdout } = run(['alice', '--', 'od', '-An', '-v', '-tx1'], bytes);
  assert.equal(stdout.replaceAll(/\s/g, ''), bytes.toString('hex'));
  const both = run(['alice', '--', 'sh', '-c', 'echo out; echo err >&2']);
  assert.deepEqual([both.stdout, both.stderr], ['out\n', 'err\n']);
});

test('large output arrives whole', () => {
  const { stdout } = run(['alice', '--', 'sh', '-c', 'seq 1 3000000']);
  assert.equal(
    stdout.length,
    execFileSync('seq', ['1', '3000000'], { maxBuffer: 64 * 1_048_576 }).length,
  );
  assert.ok(stdout.endsWith('\n3000000\n'));
});

test('the exit status is the program’s', () => {
  assert.equal(run(['alice', '--', 'sh', '-c', 'exit 42']).status, 42);
  assert.equal(run(['alice', '--', 'sh', '-c', 'kill -9 $$']).status, 137);
  assert.equal(run(['alice', '--', 'there-is-no-such-program']).status, 127);
  assert.equal(run(['alice', '--', '/etc']).status, 126);
});

test('what cannot be run is one clear line and 125', () => {
  for (const [user, words] of [
    ['nobody-of-that-name', /knows no user|no such user|has no user/],
    ['root', /uid 0/],
    ['daemon', /auth-minimum-user-id/],
  ] as const) {
    const { status, stderr } = run([user, '--', 'id']);
    assert.equal(status, 125);
    assert.match(stderr, words);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  }
});

test('a profile that there is none of is said', () => {
  const { stderr } = run(['--profile', 'no-such-profile', 'alice', '--', 'id']);
  assert.match(stderr, /^warning: there is no profile 'no-such-profile': PAM uses 'other'\n/);
});

test('the PAM session is closed before run ends', () => {
  assert.equal(run(['--profile', 'noted', 'alice', '--', 'true']).status, 0);
  assert.deepEqual(
    notes('noted').map((line) => line.split(' ')[0]),
    ['open_session', 'close_session'],
  );
});

test('a password on stdin answers the profile, and the rest of stdin is the program’s', () => {
  const right = run(
    ['--profile', 'asks', '--password-stdin', 'alice', '--', 'cat'],
    `${alice.password}\nfor cat\n`,
  );
  assert.deepEqual(right, { status: 0, stdout: 'for cat\n', stderr: '' });
  const wrong = run(['--profile', 'asks', '--password-stdin', 'alice', '--', 'id'], 'wrong\n');
  assert.equal(wrong.status, 125);
  assert.match(wrong.stderr, /\(stage 'authenticate'\)/);
  for (const [stdin, came] of [
    ['', 'nothing'],
    ['x'.repeat(600), 'more'],
  ] as const) {
    const bad = run(['--profile', 'asks', '--password-stdin', 'alice', '--', 'id'], stdin);
    assert.equal(bad.status, 125);
    assert.match(bad.stderr, new RegExp(`^vestibule: wanted a password .*, got ${came}\n$`));
  }
  const none = run(['--profile', 'asks', 'alice', '--', 'id']);
  assert.equal(none.status, 125);
  assert.match(none.stderr, /it asks 'Password:', which was not answered; use --password-stdin/);
});

/** Four questions in three calls of the conversation, hidden and shown, and a text among them. */
const QUESTIONS = ['@include common-auth', 'auth required %FAKE% auth=show:seen auth=ask:2'];
/** A whole sign-in on a terminal: what stood there, the program's name for itself cut out. */
async function talk(argv: readonly string[], answers: readonly string[]): Promise<string> {
  const line = argv.map((word) => `'${word}'`).join(' ');
  const screen = openScreen(['script', '-qec', line, '/dev/null'], { ...process.env, LANG: 'C' });
  let at = 0;
  for (const answer of answers) {
    if ((await screen.until(/(?:assword|question(?: \d)?):? ?$/, at)) === null) break;
    at = screen.output().length;
    screen.type(answer);
  }
  await screen.ended;
  return screen.output();
}
test('on a terminal it asks as su does: hidden and shown questions, as many as there are', async () => {
  makeProfile('many', [...QUESTIONS, '@include common-account', '@include common-session']);
  const su = readFileSync('/etc/pam.d/su-l');
  makeProfile('su-l', [...QUESTIONS, '@include common-account', '@include common-session']);
  const right = [alice.password, 'seen', 'answer-0', 'answer-1'];
  const run = [VESTIBULE, 'run', '--profile', 'many', 'alice', '--', 'sh', '-c', 'echo in: $USER'];
  const bySu = await talk(['su', '-', 'alice', '-s', '/bin/sh', '-c', 'echo in: $USER'], right);
  writeFileSync('/etc/pam.d/su-l', su);
  assert.match(
    bySu,
    /shown question: seen\r\n2 questions\r\nquestion 0\r\nquestion 1\r\nin: alice\r\n$/,
  );
  assert.equal(await talk(run, right), bySu);
  // A wrong answer ends it, with PAM's words and nothing about profiles that must not ask.
  const wrong = await talk(run, [alice.password, 'not it']);
  assert.match(
    wrong,
    /got: pam_authenticate by 'many': Authentication failure \(stage 'authenticate'\)\r\n$/,
  );
});

test('a password on stdin and a terminal: without one, the second question is not answered', () => {
  makeProfile('two', ['@include common-auth', 'auth required %FAKE% auth=show:seen']);
  const args = ['--profile', 'two', '--password-stdin', 'alice', '--', 'id'];
  const { status, stderr } = run(args, `${alice.password}\n`);
  assert.equal(status, 125);
  assert.match(
    stderr,
    /it asks 'shown question:', which was not answered; put .*, or run it on a terminal\n$/,
  );
});

test('a signal to run goes to the program', async () => {
  const { child, line } = start(
    'alice',
    '--',
    'sh',
    '-c',
    'trap "exit 5" TERM; echo ready; while :; do read x || :; done',
  );
  assert.equal(await line(), 'ready');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [5, null]);
});

test('when run is killed its program ends and its PAM session is closed', async () => {
  const before = notes('noted').length;
  const { child, line } = start(
    '--profile',
    'noted',
    'alice',
    '--',
    'sh',
    '-c',
    'echo $$; exec sleep 4242',
  );
  await line();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const watcher = watch('/tmp/notes-noted');
  while (notes('noted').length < before + 2) await once(watcher, 'change');
  watcher.close();
  assert.match(notes('noted').at(-1) ?? '', /^close_session/);
  assert.deepEqual(findProcesses('4242'), []);
});

test('output arrives whole though input for the ended program is still on its way', () => {
  const { status, stdout } = run(
    ['alice', '--', 'sh', '-c', 'seq 1 200000; exit 3'],
    Buffer.alloc(8 * 1_048_576),
  );
  assert.equal(status, 3);
  assert.ok(stdout.endsWith('\n200000\n'));
});

test('on a terminal the program has one: PAM’s, of our size, gone from utmp afterwards', async () => {
  const inner = `${VESTIBULE} run --profile noted alice -- sh -c 'tty; stty size; echo $TERM; who'`;
  // Its input stays open: at an end of its input script types something.
  const script = spawn('script', ['-qec', `stty rows 33 cols 97; ${inner}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'screen' },
  });
  const output = await text(script.stdout);
  const [tty = '', size, term, who] = output.split('\r\n');
  assert.match(tty, /^\/dev\/pts\/\d+$/);
  assert.deepEqual([size, term], ['33 97', 'screen']);
  assert.match(who ?? '', new RegExp(`^alice +${tty.slice('/dev/'.length)} `));
  assert.equal(notes('noted').at(-1), `close_session ${tty}`);
  assert.doesNotMatch(execFileSync('who', { encoding: 'utf8' }), /alice/);
});

test('the broker lists it, may die, lists it again, and can end it', async () => {
  const from = readLog().length;
  const { child, line } = start('alice', '--', 'cat');
  await logged(/"session-running"/, from);
  child.stdin!.write('one\n');
  assert.equal(await line(), 'one');
  const listed = () =>
    (ask('active-sessions') as { id: string; user: string; kind: string; state: string }[]).filter(
      ({ state }) => state === 'running',
    );
  const [session] = listed();
  assert.deepEqual([session?.user, session?.kind], ['alice', 'run']);
  const [broker] = findProcesses('/dist/broker.js');
  process.kill(broker!.pid, 'SIGKILL');
  child.stdin!.write('two\n');
  assert.equal(await line(), 'two');
  assert.deepEqual(
    listed().map(({ id }) => id),
    [session?.id],
  );
  execFileSync(VESTIBULE, ['kill-session', session?.id ?? '']);
  assert.deepEqual(await once(child, 'exit'), [129, null]);
  assert.deepEqual(listed(), []);
});

test('status tells profiles and the fallback’s warning', () => {
  const status = ask('status') as {
    running: boolean;
    gatewayConnected: boolean;
    warnings: string[];
  };
  assert.equal(status.running, true);
  assert.match(status.warnings.join(), /PAM uses 'other'/);
});
