/** check: whether somebody who is signed in still would be let in, without asking them anything. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { LEADER_STAGES, PATHS } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { signIn } from '../lib/leader/sessions.ts';

const PAM_PERM_DENIED = 6;
const PAM_USER_UNKNOWN = 10;
const PAM_NEW_AUTHTOK_REQD = 12;
const PAM_ACCT_EXPIRED = 13;

setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });

/** Stage and code of the failure, when it failed. */
async function check(
  user: string,
  grant: Uint8Array,
): Promise<'checked' | 'ended' | [string, number]> {
  const client = await Client.greet('broker');
  client.send({ name: 'check', user, grant, rhost: '192.0.2.7' });
  for (;;) {
    const message = await client.next();
    if (message === null) return 'ended';
    if (message.name === 'prompt') continue; // PAM says why
    await client.expectEnd();
    if (message.name === 'checked') return 'checked';
    assert.equal(message.name, 'failed');
    if (message.name === 'failed') return [LEADER_STAGES[message.stage]!, message.code];
  }
}

async function signedIn(name: string, groups: readonly string[] = []): Promise<Uint8Array> {
  const { password } = makeAccount(name, groups);
  return Uint8Array.from((await signIn(name, password)).grant);
}

test('nothing has changed: checked, as often as it is asked', async () => {
  const grant = await signedIn('check-good');
  assert.equal(await check('check-good', grant), 'checked');
  assert.equal(await check('check-good', grant), 'checked');
});

test('an account that has expired, a password that must be changed, PAM that says no', async () => {
  const grant = await signedIn('check-gone');
  execFileSync('usermod', ['-e', '1', 'check-gone']);
  assert.deepEqual(await check('check-gone', grant), ['account', PAM_ACCT_EXPIRED]);
  execFileSync('usermod', ['-e', '', 'check-gone']);
  assert.equal(await check('check-gone', grant), 'checked');
  execFileSync('chage', ['-d', '0', 'check-gone']);
  assert.deepEqual(await check('check-gone', grant), ['password', PAM_NEW_AUTHTOK_REQD]);
  makeProfile('vestibule', [UNIX_LOGIN[0]!, 'account required pam_deny.so']);
  assert.equal((await check('check-gone', grant))[0], 'account');
});

test('the policy of now counts: group, minimum uid', async () => {
  const grant = await signedIn('check-policy', ['check-lab']);
  configure(['auth-required-user-group=check-lab']);
  assert.equal(await check('check-policy', grant), 'checked');
  execFileSync('gpasswd', ['-d', 'check-policy', 'check-lab']);
  assert.deepEqual(await check('check-policy', grant), ['policy', PAM_PERM_DENIED]);
  configure(['auth-minimum-user-id=65000']);
  assert.deepEqual(await check('check-policy', grant), ['policy', PAM_PERM_DENIED]);
});

test('without a good grant nobody is checked: forged, of another, of a void key, of a reused name', async () => {
  const grant = await signedIn('check-grant');
  const other = await signedIn('check-other');
  const forged = Uint8Array.from(grant, (byte, i) => (i === 3 ? byte ^ 1 : byte));
  for (const wrong of [forged, other, new Uint8Array(), randomBytes(64)]) {
    assert.deepEqual(await check('check-grant', wrong), ['grant', PAM_PERM_DENIED]);
  }
  execFileSync('userdel', ['-r', 'check-other'], { stdio: 'ignore' });
  assert.deepEqual(await check('check-other', other), ['user', PAM_USER_UNKNOWN]);
  execFileSync('useradd', ['-K', 'UID_MAX=65000', '-u', '64001', 'check-other']);
  assert.deepEqual(await check('check-other', other), ['grant', PAM_PERM_DENIED]);
  const key = readFileSync(PATHS.grantKey);
  writeFileSync(PATHS.grantKey, randomBytes(32));
  assert.deepEqual(await check('check-grant', grant), ['grant', PAM_PERM_DENIED]);
  writeFileSync(PATHS.grantKey, key);
  assert.equal(await check('check-grant', grant), 'checked');
});

test('a name that is none, and root, are refused', async () => {
  assert.deepEqual(await check('', new Uint8Array()), ['policy', PAM_USER_UNKNOWN]);
  assert.deepEqual(await check('root', new Uint8Array()), ['grant', PAM_PERM_DENIED]);
});

test('a module that asks gets no answer, and the leader ends without a verdict', async () => {
  const grant = await signedIn('check-asks');
  makeProfile('vestibule', [...UNIX_LOGIN, 'account required %FAKE% account=ask:1']);
  assert.equal(await check('check-asks', grant), 'ended');
});
