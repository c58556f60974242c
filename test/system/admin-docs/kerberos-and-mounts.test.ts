/** docs/admin/kerberos.md and mounts.md, with a real KDC and pam_mount. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { runExamples } from '../../lib/admin-doc.ts';
import { type Service, startKdc } from '../../lib/directory.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { unpackPackages } from '../../lib/packages.ts';

setUpLeaders();
const [kim, ada] = [makeAccount('kim'), makeAccount('ada')];
let kdc: Service;
before(async () => {
  unpackPackages();
  kdc = await startKdc([{ names: ['kim'], uid: kim.uid, password: kim.password }]);
});
after(() => kdc?.stop());

for (const [page, { password }] of [
  ['kerberos', kim],
  ['mounts', ada],
] as const) {
  test(`${page}.md`, async (t) => {
    const count = await runExamples(`docs/admin/${page}.md`, password);
    assert.ok(count > 3);
    t.diagnostic(`${count} commands`);
  });
}
