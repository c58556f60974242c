import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkClose } from './check-close.ts';
import { parseConfiguration } from './load.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
  mkdirSync(join(root, 'etc/pam.d'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const COMMON = 'auth sufficient pam_rootok.so\nsession required pam_unix.so\n';

function check(session: string, options = 'auth-pam-sessions-close=1'): string[] {
  writeFileSync(join(root, 'etc/pam.d/su'), COMMON + session);
  const data = Buffer.from(`# a comment\n${options}\n`);
  const found = checkClose(parseConfiguration([{ name: 'f', data }]), root);
  return found.map(({ level, file, line, text }) => `${level} ${file}:${line}: ${text}`);
}

test('a module that does not count is named, with the line of the option and its own', () => {
  assert.deepEqual(check('session optional pam_exec.so /bin/umount /home\n'), [
    "warning f:2: 'auth-pam-sessions-close' wanted, for users with up to 100 sessions, a session profile whose modules count them, got pam_exec.so (/etc/pam.d/su:3), which may not do so: ending one session may unmount or destroy what the user's other sessions still use; set it to last, or 'auth-sessions-per-user' to 1",
  ]);
});

test('several are named once each; nothing is known of others', () => {
  const lines = 'session optional pam_script.so\nsession optional pam_script.so\n';
  const [text, ...more] = check(`${lines}session optional pam_home_made.so\n`);
  assert.deepEqual(more, []);
  assert.match(
    text ?? '',
    /pam_script\.so \(.*\), pam_home_made\.so \(.*:5\), which may not all do so/,
  );
});

for (const [what, session, options] of [
  ['modules that count', 'session optional pam_mount.so\nsession optional pam_systemd.so\n', ''],
  ['a ticket cache for each session', 'session optional pam_krb5.so\n', ''],
  [
    'a program that is run at the start only',
    'session optional pam_exec.so type=open_session x\n',
    '',
  ],
  ['one session for each user', 'session optional pam_exec.so x\n', 'auth-sessions-per-user=1'],
  ['one PAM session for all', 'session optional pam_exec.so x\n', 'auth-pam-sessions-scope=user'],
  ['no PAM sessions', 'session optional pam_exec.so x\n', 'auth-pam-sessions-enabled=0'],
] as const) {
  test(`no warning: ${what}`, () => {
    assert.deepEqual(check(session, `auth-pam-sessions-close=1\n${options}`), []);
  });
}

test('one ticket cache for all sessions of a user is deleted with the first of them', () => {
  assert.match(
    check('session optional pam_krb5.so ccache=FILE:/tmp/krb5cc_%u\n').join(),
    /pam_krb5\.so/,
  );
});

for (const value of ['0', 'last']) {
  test(`no warning for ${value}`, () => {
    const line = `auth-pam-sessions-close=${value}`;
    assert.deepEqual(check('session optional pam_exec.so x\n', line), []);
  });
}
