/** What libpam takes instead of a profile, or of a type, that is not there. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { callPam, findCodes } from '../../lib/pam-trial.ts';

setUpLeaders();

const call = (operation: 'authenticate' | 'acct_mgmt') =>
  callPam({ profile: 'trial', user: 'root', operations: [operation] });

test('profile-missing: the fallback answers, without a word', async () => {
  makeProfile('other', ['auth required pam_permit.so']);
  assert.ok(findCodes('trial', 'login').includes('profile-missing'));
  assert.deepEqual(await call('authenticate'), ['authenticate PAM_SUCCESS']);
});

test('profile-missing: without a fallback nobody gets in', async () => {
  rmSync('/etc/pam.d/other');
  assert.deepEqual(findCodes('trial', 'login'), ['profile-missing']);
  assert.deepEqual(await call('authenticate'), ['no start']);
});

test('type-from-other: for a type without rules the fallback answers', async () => {
  makeProfile('trial', ['auth required pam_permit.so']);
  for (const [module, result] of [
    ['pam_permit.so', 'PAM_SUCCESS'],
    ['pam_deny.so', 'PAM_AUTH_ERR'],
  ]) {
    makeProfile('other', [`account required ${module}`]);
    assert.ok(findCodes('trial', 'login').includes('type-from-other'));
    assert.deepEqual(await call('acct_mgmt'), [`acct_mgmt ${result}`]);
  }
  assert.ok(findCodes('trial', 'login').includes('nobody-passes'));
});
