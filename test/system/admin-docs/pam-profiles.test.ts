/** docs/admin/pam-profiles.md and limits.md: every example, as it stands there. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { runExamples } from '../../lib/admin-doc.ts';
import { prepareMachine, startRootd, stopRootd } from '../../lib/leader.ts';

let ada: Account;
before(async () => {
  prepareMachine();
  ada = makeAccount('ada', ['lab']);
  await startRootd();
});
after(stopRootd);

for (const page of ['pam-profiles', 'limits']) {
  test(`${page}.md`, async (t) => {
    const count = await runExamples(`docs/admin/${page}.md`, ada.password);
    assert.ok(count > 3);
    t.diagnostic(`${count} commands`);
  });
}
