/** docs/admin/pam-profiles.md and limits.md: every example, as it stands there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { runExamples } from '../../lib/admin-doc.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';

setUpLeaders();
const ada = makeAccount('ada', ['lab']);

for (const page of ['pam-profiles', 'limits']) {
  test(`${page}.md`, async (t) => {
    const count = await runExamples(`docs/admin/${page}.md`, ada.password);
    assert.ok(count > 3);
    t.diagnostic(`${count} commands`);
  });
}
