/** `vestibule pam check` and `pam explain`: their output and exit status. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseConfiguration } from '../config/load.ts';
import type { Context } from './context.ts';
import { runCli } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'vestibule-pam-cli-'));
const facts = join(root, 'facts.json');
before(() => {
  mkdirSync(join(root, 'etc/pam.d'), { recursive: true });
  write(
    'lab',
    'auth sufficient pam_rootok.so\nauth required pam_unix.so nullok\naccount required pam_unix.so\nsession required pam_unix.so\n',
  );
  write(
    'sound',
    'auth required pam_unix.so\naccount required pam_unix.so\npassword required pam_unix.so\n',
  );
  write('hostile', 'auth \x1b[2Jrequired pam_unix.so\naccount required pam_unix.so\n');
  write(
    'jumps',
    'auth [success=1 default=ignore] pam_unix.so\nauth substack inner\nauth required pam_permit.so\n',
  );
  write('inner', 'auth requisite pam_deny.so\n');
});
after(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(root, 'etc/pam.d', name), text);
}

async function call(...args: string[]) {
  let [out, err] = ['', ''];
  const context = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    reader: null,
    load: () => parseConfiguration([]),
    exitStatus: 0,
  } as Partial<Context> as Context;
  const status = await runCli(['pam', args[0]!, '--root', root, ...args.slice(1)], context);
  return { status, out, err };
}

test('an error: where, what, why, what to write; status 1', async () => {
  const { status, out } = await call('check', 'lab', '--for', 'login');
  assert.equal(status, 1);
  assert.match(
    out,
    /^\/etc\/pam\.d\/lab:1: error: wanted .*, got pam_rootok\.so.* \[rootok-in-login\]\n {4}why: .*\n {4}fix: #auth sufficient pam_rootok\.so\n$/,
  );
});

test('JSON is a list of findings with these keys', async () => {
  const { out } = await call('check', 'lab', '--for', 'login', '--json');
  const [finding, ...more] = JSON.parse(out) as object[];
  assert.deepEqual(Object.keys(finding ?? {}), [
    'file',
    'line',
    'level',
    'code',
    'message',
    'why',
    'fix',
  ]);
  assert.deepEqual(more, []);
});

test('a warning, or nothing: status 0', async () => {
  writeFileSync(facts, '{"accounts_with_empty_password": ["eve"]}');
  const warned = await call('check', 'lab', '--for', 'session', '--facts', facts);
  assert.equal(warned.status, 0);
  assert.match(warned.out, /lab:2: warning: .*eve.*\[nullok-empty-password\]/);
  const sound = await call('check', 'sound', '--for', 'login');
  assert.deepEqual([sound.status, sound.out], [0, 'no problems\n']);
  assert.equal((await call('check', 'sound', '--for', 'login', '--json')).out, '[]\n');
});

test('what the facts say of the password makes a session profile one with password', async () => {
  writeFileSync(facts, '{"auth_pam_sessions_use_password": true}');
  const { out } = await call('check', 'lab', '--for', 'session', '--facts', facts);
  assert.match(out, /\[rootok-with-password\]/);
});

for (const [args, pattern] of [
  [['check', 'lab'], /wanted --for login or session or session-with-password, got none/],
  [['check', 'lab', '--for', 'work'], /choices are login, session, session-with-password/],
  [['check', '--for', 'login'], /missing required argument 'profile'/],
  [
    ['check', '../lab', '--for', 'login'],
    /wanted the name of a file in \/etc\/pam\.d, got '\.\.\/lab'/,
  ],
  [
    ['check', 'lab', '--for', 'login', '--facts', '/nowhere'],
    /\/nowhere: wanted a facts file, got no such file/,
  ],
  [['explain', 'a/b'], /wanted the name of a file/],
] as const) {
  test(`${args.join(' ')}: status 2`, async () => {
    const { status, err } = await call(...args);
    assert.equal(status, 2);
    assert.match(err, pattern);
  });
}

test('a facts file that is wrong, a root that is none: status 2', async () => {
  writeFileSync(facts, '{"dbus": "perhaps not", "auditd": [1]}');
  const wrong = await call('check', 'lab', '--for', 'login', '--facts', facts);
  assert.equal(wrong.status, 2);
  assert.match(wrong.err, /facts\.json: dbus wanted true or false, got "perhaps not"/);
  const [loop, long] = [join(root, 'loop'), `/${'n'.repeat(4000)}`];
  symlinkSync('loop', loop);
  for (const [directory, why] of [
    [loop, 'ELOOP'],
    [long, 'ENAMETOOLONG'],
    [facts, 'which is not a directory'],
  ] as const) {
    const { status, err } = await call('check', 'lab', '--for', 'login', '--root', directory);
    assert.deepEqual([status, err.includes(why), err.includes('    at ')], [2, true, false], err);
  }
  for (const file of ['/dev/zero', root]) {
    const { status, err } = await call('check', 'lab', '--for', 'login', '--facts', file);
    assert.equal(status, 2, err);
    assert.match(err, /: wanted (a facts file, got no regular file|JSON, got something else)/);
  }
  const none = await call('check', 'lab', '--for', 'login', '--root', '/nowhere');
  assert.equal(none.status, 2);
  assert.match(none.err, /wanted a directory for --root, got '\/nowhere'/);
});

test('control characters do not reach the terminal', async () => {
  for (const args of [
    ['check', 'hostile', '--for', 'login'],
    ['explain', 'hostile'],
  ]) {
    const { out } = await call(...args);
    assert.match(out, /\\x1b\[2J/);
    assert.ok(!out.includes('\x1b'));
  }
});

test('explain: modules in order, controls in words, where jumps land', async () => {
  const { status, out } = await call('explain', 'jumps');
  assert.equal(status, 0);
  assert.match(out, /1\. pam_unix\.so {2}\[\/etc\/pam\.d\/jumps:1\]/);
  assert.match(
    out,
    /success: jumps over pam_deny\.so to pam_permit\.so \(\/etc\/pam\.d\/jumps:3\)/,
  );
  assert.match(
    out,
    /pam_deny\.so {2}\[\/etc\/pam\.d\/inner:1, included by \/etc\/pam\.d\/jumps:2\]/,
  );
  const { out: json } = await call('explain', 'jumps', '--json');
  const { facilities } = JSON.parse(json) as {
    facilities: { facility: string; modules: { line: number }[] }[];
  };
  assert.deepEqual(
    facilities.map(({ facility }) => facility),
    ['auth', 'account', 'password', 'session'],
  );
  assert.deepEqual(
    facilities[0]?.modules.map(({ line }) => line),
    [1, 1, 3],
  );
});

test('explain: no such profile, and no fallback: status 1', async () => {
  const { status, out } = await call('explain', 'nothing');
  assert.equal(status, 1);
  assert.match(out, /^\/etc\/pam\.d\/nothing: no such profile, and no fallback$/m);
});

test('a profile that is missing has no line, and lines to write', async () => {
  const { out } = await call('check', 'nothing', '--for', 'login');
  assert.match(out, /^\/etc\/pam\.d\/nothing: error: wanted a PAM profile 'nothing'/);
  const lines = ['auth', 'account', 'account', 'password'].map(
    (type) => `${type} required pam_\\w+\\.so`,
  );
  assert.match(out, new RegExp(`\n {4}fix: ${lines.join('\n {9}')}\n$`));
});

test('a line of one word: what is missing is named, not left out', async () => {
  write('word', 'foo\naccount required pam_unix.so\n');
  write('control', 'auth required\naccount required pam_unix.so\n');
  const { out } = await call('check', 'word', '--for', 'login');
  assert.match(out, /\n {4}fix: auth required MODULE\n/);
  assert.doesNotMatch(out, /fix: .* \n/);
  const { out: explained } = await call('explain', 'word');
  assert.match(explained, /^ {2}1\. \(no module\) {2}\[\/etc\/pam\.d\/word:1\]$/m);
  assert.match(explained, /^ {5}\(no control\): whatever/m);
  const { out: control } = await call('explain', 'control');
  assert.match(control, /^ {2}1\. \(no module\) {2}\[/m);
  write(
    'jump',
    'auth [success=1 default=ignore] pam_unix.so\nauth required\nauth required pam_permit.so\n',
  );
  assert.match((await call('explain', 'jump')).out, /jumps over \(no module\) to pam_permit/);
});

test('explain names the files that a line of pam_env reads', async () => {
  const lines = [
    ['', 'pam_env.conf, /etc/environment'],
    ['readenv=1 envfile=/etc/default/locale', 'pam_env.conf, /etc/default/locale'],
    ['conffile=/etc/x readenv=0 envfile=/etc/y', '/etc/x'],
    ['user_readenv=1', 'pam_env.conf, /etc/environment, ~/.pam_environment'],
    ['user_readenv=1 user_envfile=.e', 'pam_env.conf, /etc/environment, ~/.e'],
  ] as const;
  write('env', lines.map(([args]) => `session required pam_env.so ${args}\n`).join(''));
  const { out } = await call('explain', 'env');
  const told = [...out.matchAll(/^ {5}environment variables \((.*)\)$/gm)].map(
    ([, files]) => files,
  );
  assert.deepEqual(
    told,
    lines.map(([, files]) => files),
  );
  write('env', 'auth required pam_env.so envfile=/etc/default/locale\n');
  assert.match(
    (await call('explain', 'env')).out,
    / environment variables \(pam_env\.conf, \/etc\/default\/locale\), together with the credentials$/m,
  );
});
