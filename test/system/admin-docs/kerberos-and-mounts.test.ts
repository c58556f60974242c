/** docs/admin/kerberos.md and mounts.md, with a real KDC and pam_mount. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { runExamples } from '../../lib/admin-doc.ts';
import { type Service, startKdc } from '../../lib/directory.ts';
import { prepareMachine, startRootd, stopRootd } from '../../lib/leader.ts';
import { unpackPackages } from '../../lib/packages.ts';

const passwords: Record<string, string> = {};
let kdc: Service;
before(async () => {
  unpackPackages();
  prepareMachine();
  const kim = makeAccount('kim');
  passwords.mounts = makeAccount('ada').password;
  passwords.kerberos = kim.password;
  kdc = await startKdc([{ names: ['kim'], uid: kim.uid, password: kim.password }]);
  await startRootd();
});
after(async () => {
  stopRootd();
  await kdc?.stop();
});

for (const page of ['kerberos', 'mounts']) {
  test(`${page}.md`, async (t) => {
    const count = await runExamples(`docs/admin/${page}.md`, passwords[page]!);
    assert.ok(count > 3);
    t.diagnostic(`${count} commands`);
  });
}
