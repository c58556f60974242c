/** pam_faillock without its authfail line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { findCodes, outcomesOf } from '../../lib/pam-trial.ts';

setUpLeaders();

const PRE = 'auth required pam_faillock.so preauth nodelay deny=2';
const UNIX = 'auth [success=1 default=ignore] pam_unix.so nodelay';
const FAIL = 'auth [default=die] pam_faillock.so authfail nodelay deny=2';
const END = [
  'auth required pam_permit.so',
  'account required pam_faillock.so',
  'account required pam_unix.so',
];

for (const [name, lines, found] of [
  ['ada', [PRE, UNIX, 'auth requisite pam_deny.so', ...END], true],
  ['bea', [PRE, UNIX, FAIL, ...END], false],
] as const) {
  test(`faillock-never-counts: ${found ? 'never locked' : 'locked'}`, async () => {
    const { password } = makeAccount(name);
    makeProfile('trial', lines);
    assert.equal(findCodes('trial', 'login').includes('faillock-never-counts'), found);
    const attempt = async (answer: string) => {
      const wish = { profile: 'trial', user: name, operations: ['authenticate'] as const };
      const outcomes = await outcomesOf({ ...wish, answers: [answer] });
      assert.ok(typeof outcomes !== 'string');
      return outcomes[0]!;
    };
    for (let i = 0; i < 3; i++) await attempt('wrong');
    const { name: result, texts } = await attempt(password);
    assert.equal(result === 'PAM_SUCCESS', found);
    assert.equal(/locked/.test(JSON.stringify(texts)), !found);
  });
}
