import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkProfiles } from './check-profiles.ts';
import { placeOf } from './finding.ts';
import { parseConfiguration } from './load.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
  mkdirSync(join(root, 'etc/pam.d'), { recursive: true });
  for (const [name, text] of Object.entries(DEBIAN)) write(name, text);
});
afterEach(() => rmSync(root, { recursive: true }));

const DEBIAN = {
  'common-auth':
    'auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\nauth\trequired\tpam_permit.so\n',
  'common-account':
    'account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n',
  other:
    '# fallback\n@include common-auth\n@include common-account\nsession required pam_unix.so\n',
  su: 'auth       sufficient pam_rootok.so\n@include common-auth\n@include common-account\nsession required pam_unix.so\n',
};

function write(name: string, text: string): void {
  writeFileSync(join(root, 'etc/pam.d', name), text);
}
/** LEVEL NAME:LINE: the text. */
function check(text = ''): string[] {
  const { values } = parseConfiguration([{ name: 'f', data: Buffer.from(text) }]);
  return checkProfiles(values, root).map(
    ({ level, file, line, text: words }) =>
      `${level} ${placeOf({ file: file.replace('/etc/pam.d/', ''), line })}: ${words}`,
  );
}

test('without a login profile the fallback is named in a warning', () => {
  assert.deepEqual(check(), [
    "warning vestibule: wanted a PAM profile 'vestibule', got no such file: PAM uses 'other' (/etc/pam.d/other); to fix it, write 'auth include common-auth', 'account required pam_nologin.so', 'account include common-account', 'password include other', each on a line",
  ]);
});

test('a login profile that lets everybody in is an error', () => {
  write('vestibule', 'auth sufficient pam_rootok.so\n@include common-auth\n');
  assert.match(check().join(), /^error vestibule:1: .*lets everyone in; to fix it: #auth/);
});

test('a session profile that asks is a warning: people can still sign in', () => {
  write('vestibule', '@include other\n');
  assert.match(check('auth-pam-sessions-profile=other').join(), /^warning other:2: wanted .* asks/);
});

test('a session profile that others can write is an error', () => {
  write('vestibule', '@include other\n');
  chmodSync(join(root, 'etc/pam.d/su'), 0o666);
  assert.match(check().join(), /^error su:1: wanted it to be writable only by root, got mode 0666/);
});

test('findings of level info are left out', () => {
  write('vestibule', '@include common-auth\n');
  assert.deepEqual(check(), []);
});
