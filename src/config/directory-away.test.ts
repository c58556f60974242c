import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { saysDirectoryAway } from './directory-away.ts';

const UNIX = 'auth [success=2 default=ignore] pam_unix.so';
const DENY = 'auth requisite pam_deny.so';

for (const [what, lines, expected] of [
  ['sssd alone', ['auth required pam_sss.so'], true],
  ['behind local accounts', ['auth sufficient pam_unix.so', 'auth required pam_sss.so'], true],
  ["Debian's, as it comes", [UNIX, 'auth [success=1 default=ignore] pam_sss.so', DENY], false],
  [
    "Debian's, with perm_denied=die",
    [UNIX, 'auth [success=1 perm_denied=die default=ignore] pam_sss.so', DENY],
    true,
  ],
  ['nobody decides', ['auth sufficient pam_unix.so', 'auth sufficient pam_sss.so'], false],
  ['pam_access denies, too', ['auth required pam_access.so', 'auth required pam_sss.so'], false],
  ['the same in a substack', ['auth substack inner', 'auth required pam_sss.so'], false],
  ['no sssd', ['auth required pam_unix.so'], false],
  ['a profile that is not sound', ['auth include missing'], false],
] as const) {
  test(`${what}: ${expected}`, (t) => {
    const root = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
    t.after(() => rmSync(root, { recursive: true }));
    const directory = join(root, 'etc/pam.d');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'inner'), 'auth required pam_access.so\n');
    writeFileSync(join(directory, 'web'), `auth required pam_env.so\n${lines.join('\n')}\n`);
    assert.equal(saysDirectoryAway('web', root), expected);
    assert.equal(saysDirectoryAway('no-such-profile', root), false);
  });
}
