/** What the page says, and what the audit keeps, of every state that a local account can be in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import {
  type Attempt,
  assertRefused,
  assertSignedIn,
  DEBIAN,
  describeSeen,
  Outcomes,
  SIDE_BY_SIDE,
  unix,
  writeProbe,
} from '../lib/outcomes.ts';

const WRONG = PROBLEMS['sign-in-failed'].text;
const REFUSED = PROBLEMS['sign-in-refused'].text;

let outcomes: Outcomes;
before(async () => {
  outcomes = await Outcomes.start();
});
after(() => outcomes?.stop());

function makeWith(name: string, ...chage: readonly string[]): Account {
  const account = makeAccount(name);
  if (chage.length > 0) execFileSync('chage', [...chage, name]);
  return account;
}

const daysAgo = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

async function change(attempt: Attempt, word: string, again: string): Promise<void> {
  await attempt.answer({ 'New password': word });
  await attempt.answer({ 'Retype new password': again });
}

describe('accounts', { concurrency: SIDE_BY_SIDE }, () => {
  test('wrong password, unknown user and locked password get the same words', async (t) => {
    const wanda = makeWith('wanda');
    const loki = makeWith('loki');
    execFileSync('passwd', ['-q', '-l', loki.name]);
    const attempts = [
      { user: wanda.name, password: 'not the password' },
      { user: 'nobody-of-this-name', password: 'not the password' },
      { user: loki.name, password: loki.password },
    ];
    const seen = await Promise.all(
      attempts.map((attempt) => outcomes.see({ profile: DEBIAN, ...attempt })),
    );
    seen.forEach((one, index) => {
      t.diagnostic(describeSeen(one));
      assertRefused(one, 'sign-in-failed', attempts[index]!.user, WRONG);
      assert.deepEqual(one.messages, []);
    });
  });

  test('an empty password is asked for again and refused, also where the account has none', async (t) => {
    const emmy = makeWith('emmy');
    const vera = makeWith('vera');
    execFileSync('passwd', ['-q', '-d', vera.name]);
    for (const { name } of [emmy, vera]) {
      const attempt = await outcomes.begin({ profile: DEBIAN, user: name, password: '' });
      await attempt.answer({ Password: '' });
      const seen = await attempt.end();
      t.diagnostic(describeSeen(seen));
      assertRefused(seen, 'sign-in-failed', name, WRONG);
    }
  });

  test('an expired account is refused in the words of pam_unix', async (t) => {
    const { name: user, password } = makeWith('xaver', '-E', '2020-01-01');
    const seen = await outcomes.see({ profile: DEBIAN, user, password });
    t.diagnostic(describeSeen(seen));
    assert.match(seen.problem ?? '', /^Your account has expired; please contact your system admin/);
    assertRefused(seen, 'sign-in-refused', user);
    assert.match(seen.row.detail, /^account: /);
  });

  test('the right words about an expired account are for who knows its password', async () => {
    const { name: user } = makeWith('xenia', '-E', '2020-01-01');
    const seen = await outcomes.see({ profile: DEBIAN, user, password: 'not the password' });
    assert.equal(seen.problem, WRONG);
    assert.deepEqual(seen.messages, []);
  });

  test('an expired password is changed on the way in; two that are refused may be followed by a good one', async (t) => {
    const paula = makeWith('paula', '-d', '0');
    const attempt = await outcomes.begin({
      profile: DEBIAN,
      user: paula.name,
      password: paula.password,
    });
    await attempt.expectMessage('You are required to change your password immediately');
    await attempt.answer({ 'Current password': paula.password });
    // pam_unix asks again by itself for a short one, but not for one that was mistyped.
    await change(attempt, 'a', 'a');
    await attempt.expectMessage('You must choose a longer password');
    await change(attempt, 'one-Thing 7', 'and-Another 8');
    await attempt.expectMessage('Sorry, passwords do not match');
    await attempt.answer({ 'Current password': paula.password });
    await change(attempt, 'Quite-another 9', 'Quite-another 9');
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, paula);
    const again = await outcomes.see({
      profile: DEBIAN,
      user: paula.name,
      password: 'Quite-another 9',
    });
    assertSignedIn(again, paula);
  });

  test('three refused new passwords end the sign-in', async (t) => {
    const peter = makeWith('peter', '-d', '0');
    const attempt = await outcomes.begin({
      profile: DEBIAN,
      user: peter.name,
      password: peter.password,
    });
    for (let tries = 0; tries < 3; tries++) {
      await attempt.answer({ 'Current password': peter.password });
      await change(attempt, 'one-Thing 7', 'and-Another 8');
    }
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertRefused(seen, 'sign-in-refused', peter.name);
  });

  test('a password that expires soon lets in, with its warning', async (t) => {
    const petra = makeWith('petra', '-d', daysAgo(6), '-M', '10', '-W', '7');
    const seen = await outcomes.see({
      profile: DEBIAN,
      user: petra.name,
      password: petra.password,
    });
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, petra);
    assert.match(seen.messages.join(), /^Warning: your password will expire in \d days?\.$/);
  });

  test('nologin: its text', async (t) => {
    const { name: user, password } = makeWith('nora');
    const file = writeProbe('nologin', 'Closed for new disks\nuntil noon, ask Ada.\n');
    const profile = unix(`account requisite pam_nologin.so file=${file}`);
    const seen = await outcomes.see({ profile, user, password });
    t.diagnostic(describeSeen(seen));
    assert.equal(seen.problem, 'Closed for new disks\nuntil noon, ask Ada.');
    assertRefused(seen, 'sign-in-refused', user);
  });

  test('locked by pam_faillock: its text, and the right password does not help', async (t) => {
    const { name: user, password } = makeWith('frida');
    const profile = [
      'auth required pam_faillock.so preauth dir=/run/probe/faillock deny=2',
      'auth [success=1 default=bad] pam_unix.so nodelay',
      'auth [default=die] pam_faillock.so authfail dir=/run/probe/faillock deny=2',
      'auth sufficient pam_faillock.so authsucc dir=/run/probe/faillock deny=2',
      'account required pam_unix.so',
    ];
    const wrong = { profile, user, password: 'not the password' };
    await Promise.all([outcomes.see(wrong), outcomes.see(wrong)]);
    const seen = await outcomes.see({ profile, user, password });
    t.diagnostic(describeSeen(seen));
    assert.equal(seen.problem, WRONG);
    assert.match(seen.messages.join('\n'), /The account is locked due to 2 failed logins/);
    assertRefused(seen, 'sign-in-failed', user);
  });

  test('not at this time (pam_time), not from this address (pam_access)', async (t) => {
    const { name: user, password } = makeWith('tilda');
    writeProbe('access.conf', `-:${user}:10.9.0.0/16\n`);
    execFileSync('sh', ['-c', `echo 'vestibule;*;${user};!Al0000-2400' >>/etc/security/time.conf`]);
    const modules = ['pam_time.so', 'pam_access.so accessfile=/run/probe/access.conf'];
    const seen = await Promise.all(
      modules.map((module) =>
        outcomes.see({ profile: unix(`account requisite ${module}`), user, password }),
      ),
    );
    for (const one of seen) {
      t.diagnostic(describeSeen(one));
      assertRefused(one, 'sign-in-refused', user, REFUSED);
    }
  });

  test('an alias of one uid signs in as the canonical name', async (t) => {
    const canon = makeWith('canon');
    execFileSync('useradd', ['-o', '-u', String(canon.uid), '-M', '-s', '/bin/bash', 'canonalias']);
    execFileSync('chpasswd', { input: 'canonalias:Pw-of-alias 1\n' });
    const seen = await outcomes.see({
      profile: DEBIAN,
      user: 'canonalias',
      password: 'Pw-of-alias 1',
    });
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, canon);
  });

  test('a nologin shell: refused by pam_shells, otherwise its programs end at once', async (t) => {
    const sheila = makeWith('sheila');
    execFileSync('usermod', ['-s', '/usr/sbin/nologin', sheila.name]);
    const { name: user, password } = sheila;
    const refused = await outcomes.see({
      profile: unix('account requisite pam_shells.so'),
      user,
      password,
    });
    t.diagnostic(describeSeen(refused));
    assertRefused(refused, 'sign-in-refused', user, REFUSED);
    const attempt = await outcomes.begin({ profile: DEBIAN, user, password });
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, sheila);
    await attempt.startTerminal();
    // On the list or, when the page was quicker, at the session's own address.
    await attempt.page
      .getByText(texts.session.howEnded({ endedBy: null, exitStatus: 1 })!)
      .or(attempt.page.getByText(texts.terminal.exited({ exitStatus: 1, endedBy: null })))
      .or(attempt.page.getByText('has ended'))
      .first()
      .waitFor();
  });
});
