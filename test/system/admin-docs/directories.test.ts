/** docs/admin/home-directories.md and active-directory.md, with a real slapd and sssd. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { makeService, runExamples } from '../../lib/admin-doc.ts';
import { type Service, startLdap } from '../../lib/directory.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { unpackPackages } from '../../lib/packages.ts';

const PASSWORD = 'pw-of-the-directory-Zx9';
const people = ['carol', 'dave'].map((name, index) => ({
  names: [name],
  uid: 62_001 + index,
  password: PASSWORD,
}));
setUpLeaders({
  profiles: { vestibule: ['@include common-auth', '@include common-account'] },
});
makeAccount('ada');
let slapd: Service;
before(async () => {
  unpackPackages();
  // Of packages that these pages do not speak of.
  for (const name of ['krb5', 'libpam-mount', 'pam_script', 'tmpdir', 'ldapd', 'oath', 'pwquality'])
    rmSync(`/usr/share/pam-configs/${name}`, { force: true });
  mkdirSync('/var/log/sssd', { recursive: true });
  const stop =
    '[ ! -f /run/sssd.pid ] || { kill $(cat /run/sssd.pid); while [ -f /run/sssd.pid ]; do sleep 0.1; done; }';
  const cache = 'rm -rf /var/lib/sss/db/* /var/lib/sss/mc/*';
  makeService('sssd', `${stop}\n${cache}\nexec sssd -D --logger=files`);
  slapd = await startLdap(people);
});
after(() => slapd?.stop());

for (const page of ['home-directories', 'active-directory']) {
  test(`${page}.md`, async (t) => {
    const count = await runExamples(`docs/admin/${page}.md`, PASSWORD);
    assert.ok(count > 3);
    t.diagnostic(`${count} commands`);
  });
}
