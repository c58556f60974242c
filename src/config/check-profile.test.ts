import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkProfiles } from './check-profile.ts';
import { parseConfiguration } from './load.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
  for (const [name, text] of Object.entries(DEBIAN)) write(name, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

const DEBIAN = {
  'common-auth':
    'auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\nauth\trequired\tpam_permit.so\n',
  'common-account':
    'account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n',
  other: '# fallback\n@include common-auth\n@include common-account\n',
  su: 'auth       sufficient pam_rootok.so\n@include common-auth\n@include common-account\n',
};
const REDHAT = `auth required pam_env.so
auth required pam_faildelay.so delay=2000000
auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
auth [default=1 ignore=ignore success=ok] pam_localuser.so
auth sufficient pam_unix.so nullok
auth sufficient pam_sss.so forward_pass
auth required pam_deny.so
account required pam_unix.so
`;

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}
/** LEVEL NAME:LINE: the first words of the text. */
function check(text = ''): string[] {
  const { values } = parseConfiguration([{ name: 'f', data: Buffer.from(text) }]);
  return checkProfiles(values, [folder, join(folder, 'vendor')]).map(
    ({ level, file, line, text: words }) =>
      `${level} ${file.slice(folder.length + 1)}:${line}: ${words}`,
  );
}

test('without a login profile the fallback is named in a warning', () => {
  assert.deepEqual(check(), [`warning vestibule:1: no ${folder}/vestibule, PAM uses 'other'`]);
});

test('a fallback that denies everyone is an error at the line that denies', () => {
  write(
    'other',
    'auth required pam_warn.so\nauth required pam_deny.so\naccount required pam_deny.so\n',
  );
  const [warning, auth, account] = check();
  assert.match(warning ?? '', /^warning vestibule:1/);
  assert.match(
    auth ?? '',
    /^error other:2: wanted a profile by which people can sign in, came pam_deny.so/,
  );
  assert.match(account ?? '', /^error other:3: /);
});

test('a fallback that denies everyone in a file that it includes is an error there', () => {
  write('locked', 'auth requisite pam_deny.so\naccount requisite pam_deny.so\n');
  write('other', '@include locked\n');
  assert.match(check().join('\n'), /^error locked:1: /m);
  write('other', 'auth substack locked\naccount include locked\n');
  assert.match(check().join('\n'), /^error locked:1: [\s\S]*^error locked:2: /m);
});

test('a profile without a rule of a type falls back for that type', () => {
  write('vestibule', '@include common-auth\n');
  assert.deepEqual(check(), []);
  write('other', 'account required pam_deny.so\n');
  assert.match(check().join(), /^error other:1: /);
});

test('a login profile of the Red Hat kind is right', () => {
  write('vestibule', REDHAT);
  assert.deepEqual(check(), []);
});

test('no profile and no fallback is an error', () => {
  rmSync(join(folder, 'other'));
  assert.match(check()[0] ?? '', /^error vestibule:1: wanted a PAM profile, came no such file/);
});

for (const module of ['pam_rootok.so', 'pam_permit.so', '/lib/security/pam_rootok.so']) {
  test(`a login profile in which ${module} is enough is an error`, () => {
    write(
      'vestibule',
      `#\nauth required pam_env.so\nauth sufficient ${module}\n@include common-auth\n`,
    );
    assert.match(
      check().join(),
      /^error vestibule:3: wanted a profile that asks who signs in, came pam_/,
    );
  });
}

test('a session profile that asks is a warning where its first rule is', () => {
  write('vestibule', '@include other\n');
  assert.match(
    check('auth-pam-sessions-profile=other').join(),
    /^warning common-auth:1: wanted a profile that asks nothing of root/,
  );
});

test('an included file that is missing is an error at the line that includes it', () => {
  write('vestibule', '\n@include common-oops\n');
  assert.match(check().join(), /^error vestibule:2: wanted the profile 'common-oops'/);
});

test('a file that includes itself is an error', () => {
  write('vestibule', '@include vestibule\n');
  assert.match(check().join(), /^error vestibule:1: /);
});

test('lines that are continued are one rule, comments none', () => {
  write(
    'vestibule',
    'auth \\\n  required \\\n  pam_deny.so # no\n#auth sufficient pam_permit.so\n',
  );
  assert.match(check().join(), /^error vestibule:1: .*pam_deny/);
});
