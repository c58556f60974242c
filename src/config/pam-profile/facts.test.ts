import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FACT_FORMS, parseFacts } from './facts.ts';
import { findFacts } from './find-facts.ts';
import { RootFiles } from './root-files.ts';

for (const [json, pattern] of [
  ['{', /^f: wanted JSON, got something else/],
  ['[]', /^f: wanted an object of facts, got \[\]/],
  ['null', /wanted an object of facts, got null/],
  [
    '{"sshd": true}',
    /^f: wanted known facts, got 'sshd'; there are auth_pam_sessions_use_password, /,
  ],
  ['{"__proto__": 1}', /wanted known facts, got '__proto__'/],
  ['{"dbus": [1]}', /^f: dbus wanted true or false, got \[1\]; correct it/],
  ['{"modules": "pam_unix.so"}', /modules wanted a list of file names/],
  ['{"modules": [1]}', /modules wanted a list of file names/],
  ['{"linux_pam": 1.5}', /linux_pam wanted a version such as "1.5.2", got 1.5/],
  ['{"auth_pam_sessions_use_password": "maybe"}', /wanted true or false/],
] as const) {
  test(`facts ${json} are refused`, () =>
    assert.throws(() => parseFacts('f', json), { message: pattern }));
}

test('facts in the forms that people write', () => {
  const json = {
    ...{ auth_pam_sessions_use_password: 1, dbus: false, pmvarrun: '/usr/sbin/pmvarrun' },
    ...{ sssd: { domains: ['lab'] }, packages: { libpam0g: '1.5.2' }, auditd: null },
  };
  assert.deepEqual(parseFacts('f', JSON.stringify(json)), {
    ...{ auth_pam_sessions_use_password: true, dbus: false, pmvarrun: true },
    ...{ sssd: true, packages: ['libpam0g'], auditd: null },
  });
});

test('facts of a root are looked up; whether something runs there is not guessed', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'vestibule-facts-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('etc/os-release', 'NAME="X"\nID=raspbian\nID_LIKE="debian"\n');
  write('usr/lib/x86_64-linux-gnu/security/pam_unix.so', '');
  write('usr/sbin/pmvarrun', '');
  write('usr/bin/env', '');
  write('etc/shadow', 'root:*:1\neve::1\n');
  write(
    'var/lib/dpkg/status',
    'Package: libpam0g\nStatus: install ok installed\nVersion: 1.5.2-6+deb12u1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
  );
  const facts = findFacts(new RootFiles(root), { sssd: true });
  assert.deepEqual(
    { ...facts },
    {
      ...{ auth_pam_sessions_use_password: false, distribution: 'raspbian', linux_pam: '1.5.2' },
      ...{ at_include_supported: true, modules_dir: '/usr/lib/x86_64-linux-gnu/security' },
      ...{
        modules: ['pam_unix.so'],
        systemd_booted: null,
        dbus: null,
        auditd: null,
        selinux: null,
      },
      ...{ packages: ['libpam0g'], sssd: true, pmvarrun: true },
      ...{ accounts_with_empty_password: ['eve'], auth_by: 'pam' },
    },
  );
  assert.deepEqual(Object.keys(facts).sort(), Object.keys(FACT_FORMS).sort());
});
