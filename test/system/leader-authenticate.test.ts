/** Signing in: what PAM says decides, the root-owned configuration may only refuse more, and a grant is the result. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { LEADER_STAGES } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { signIn } from '../lib/leader/sessions.ts';

setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });

/** Signs in as the broker does; the stage and code of the failure. */
async function failSignIn(user: string, ...answers: string[]): Promise<[string, number, string]> {
  const client = await Client.greet('broker');
  client.authenticate(user);
  if (answers.length > 0) await client.takeKey();
  for (const answer of answers) await client.answer(answer);
  const { stage, code, text } = await client.expect('failed');
  await client.expectEnd();
  return [LEADER_STAGES[stage]!, code, text];
}

test('the right password gives user, uid and a grant for seven days', async () => {
  const user = makeAccount('auth-right');
  const { user: name, uid, grant, expires } = await signIn(user.name, user.password);
  assert.deepEqual([name, uid], [user.name, user.uid]);
  assert.ok(grant.length > 32);
  const days = (Number(expires) - Date.now()) / 86_400_000;
  assert.ok(days > 6.99 && days <= 7, `${days} days`);
});

test('a wrong password and an unknown user fail in the same stage, with no grant', async () => {
  const user = makeAccount('auth-wrong');
  makeProfile('vestibule', ['auth required pam_unix.so nodelay', ...UNIX_LOGIN.slice(1)]);
  assert.deepEqual((await failSignIn(user.name, 'not it')).slice(0, 2), ['authenticate', 7]);
  assert.equal((await failSignIn('nobody-here', 'not it'))[0], 'authenticate');
});

test('an empty password does not open an account that has none', async () => {
  makeAccount('auth-empty');
  execFileSync('passwd', ['-d', 'auth-empty'], { stdio: 'ignore' });
  makeProfile('vestibule', ['auth required pam_unix.so nullok nodelay', ...UNIX_LOGIN.slice(1)]);
  assert.equal((await failSignIn('auth-empty', ''))[0], 'authenticate');
});

/** Debian's stack, and pam_unix alone: what they return for a mistyped password differs. */
const CHANGES = {
  'Debian’s common-password': [
    'password [success=1 default=ignore] pam_unix.so obscure yescrypt',
    'password requisite pam_deny.so',
    'password required pam_permit.so',
  ],
  'pam_unix alone': ['password required pam_unix.so yescrypt'],
  'another module asks first': [
    'password requisite %FAKE%',
    'password required pam_unix.so yescrypt',
  ],
};
for (const [name, password] of Object.entries(CHANGES)) {
  test(`a mistyped new password is asked again: ${name}`, async () => {
    makeProfile('vestibule', [
      'auth required pam_unix.so nodelay',
      'account required pam_unix.so',
      ...password,
    ]);
    const user = makeAccount(`auth-mistypes-${Object.keys(CHANGES).indexOf(name)}`);
    execFileSync('chage', ['-d', '0', user.name]);
    const client = await Client.greet('broker');
    client.authenticate(user.name);
    await client.takeKey();
    await client.answer(user.password);
    const wrong = [
      ['not the current one'],
      [user.password, 'A new word, 47', 'Another word, 48'],
      [user.password, 'A new word, 47', 'A new word, 47'],
    ];
    for (const answers of wrong) for (const answer of answers) await client.answer(answer);
    await client.expect('authenticated');
    assert.equal((await signIn(user.name, 'A new word, 47')).user, user.name);
  });
}

test('an expired password is changed in the same conversation: three prompts', async () => {
  const user = makeAccount('auth-expired');
  execFileSync('chage', ['-d', '0', user.name]);
  const client = await Client.greet('broker');
  client.authenticate(user.name);
  await client.takeKey();
  await client.answer(user.password);
  assert.match((await client.answer(user.password)).join(), /current password/i);
  assert.match((await client.answer('a-new-Pass-word-1')).join(), /new password/i);
  assert.match((await client.answer('a-new-Pass-word-1')).join(), /retype/i);
  assert.equal((await client.expect('authenticated')).user, user.name);
  assert.match(client.texts.join('\n'), /required to change your password/);
  assert.equal((await signIn(user.name, 'a-new-Pass-word-1')).user, user.name);
});

test('a password change that PAM refuses is asked for three times, then refused', async () => {
  const user = makeAccount('auth-unchanged');
  execFileSync('chage', ['-d', '0', user.name]);
  makeProfile('vestibule', [
    ...UNIX_LOGIN.slice(0, 2),
    'password required %FAKE% password=mark:/run/changes password=fail:20',
  ]);
  const [stage, code] = await failSignIn(user.name, user.password);
  assert.deepEqual([stage, code], ['password', 20]);
  assert.equal(
    execFileSync('cat', ['/run/changes'], { encoding: 'utf8' }).trim().split('\n').length,
    3,
  );
});

test('texts of the account stage arrive, in UTF-8 whatever the file was in', async () => {
  const user = makeAccount('auth-nologin');
  makeProfile('vestibule', ['auth required %FAKE%', 'account required pam_nologin.so']);
  writeFileSync(
    '/etc/nologin',
    Buffer.concat([Buffer.from('Geschlossen f\u00fcr Wartung '), Buffer.from([0xfc, 0xff])]),
  );
  const client = await Client.greet('broker');
  client.authenticate(user.name);
  await client.takeKey();
  const { stage } = await client.expect('failed');
  rmSync('/etc/nologin');
  assert.equal(LEADER_STAGES[stage], 'account');
  assert.deepEqual(client.texts, ['Geschlossen f\u00fcr Wartung ??']);
});

test('uid 0 never, even with the right password', async () => {
  execFileSync('chpasswd', { input: 'root:root-Pass-word-1\n' });
  configure(['auth-minimum-user-id=1']);
  assert.equal((await failSignIn('root', 'root-Pass-word-1'))[0], 'policy');
});

test('the minimum uid and the required group refuse after PAM has agreed', async () => {
  const user = makeAccount('auth-policy', ['lab-in']);
  configure(['auth-minimum-user-id=64000']);
  assert.equal((await failSignIn(user.name, user.password))[0], 'policy');
  execFileSync('groupadd', ['-f', 'lab-out']);
  configure(['auth-required-user-group=lab-out']);
  assert.equal((await failSignIn(user.name, user.password))[0], 'policy');
  configure(['auth-required-user-group=lab-missing,lab-out,lab-in']);
  assert.equal((await signIn(user.name, user.password)).user, user.name);
});

test('only commas separate the required groups: a name with a blank is one name', async () => {
  const inside = makeAccount('auth-blank-in', []);
  const outside = makeAccount('auth-blank-out', ['lab-users']);
  // groupadd refuses the name that Active Directory gives its first group.
  appendFileSync('/etc/group', `domain lab-users:x:47110:${inside.name}\n`);
  configure(['auth-required-user-group=lab-none,domain lab-users']);
  assert.equal((await failSignIn(outside.name, outside.password))[0], 'policy');
  assert.equal((await signIn(inside.name, inside.password)).user, inside.name);
});

test('what can be no user name is refused before PAM hears of it', async () => {
  makeProfile('vestibule', [
    'auth required %FAKE% auth=mark:/run/heard',
    'account required %FAKE%',
  ]);
  for (const name of [
    '',
    'a\nb',
    'a\u007fb',
    '../etc/passwd',
    '-u',
    '..',
    'x'.repeat(256),
    'x'.repeat(60_000),
  ]) {
    const [stage, , text] = await failSignIn(name);
    assert.deepEqual([stage, text], ['policy', 'invalid user name'], name.slice(0, 40));
  }
  assert.equal(existsSync('/run/heard'), false);
});

test('the broker uses the configured profile and no other; root uses any', async () => {
  const user = makeAccount('auth-profile');
  makeProfile('other-profile', ['auth required %FAKE%', 'account required %FAKE%']);
  const broker = await Client.greet('broker');
  broker.authenticate(user.name, 'other-profile');
  assert.equal(LEADER_STAGES[(await broker.expect('failed')).stage], 'policy');
  const root = await Client.greet('root');
  root.authenticate(user.name, 'other-profile');
  await root.takeKey();
  assert.equal((await root.expect('authenticated')).user, user.name);
  const outside = await Client.greet('root');
  outside.authenticate(user.name, '../../tmp/profile');
  assert.equal(LEADER_STAGES[(await outside.expect('failed')).stage], 'policy');
});

test('PAM may map the user; the canonical name and uid count', async () => {
  const user = makeAccount('auth-canonical');
  makeProfile('vestibule', [
    `auth required %FAKE% auth=user:${user.name}`,
    'account required %FAKE%',
  ]);
  const client = await Client.greet('broker');
  client.authenticate('CANONICAL@EXAMPLE.TEST');
  await client.takeKey();
  assert.equal((await client.expect('authenticated')).uid, user.uid);
  makeProfile('vestibule', [
    'auth required %FAKE% auth=user:not-in-passwd',
    'account required %FAKE%',
  ]);
  const lost = await Client.greet('broker');
  lost.authenticate(user.name);
  await lost.takeKey();
  assert.equal(LEADER_STAGES[(await lost.expect('failed')).stage], 'user');
});

test('a module may ask many things in one call, answered at once', async () => {
  const user = makeAccount('auth-many');
  makeProfile('vestibule', ['auth required %FAKE% auth=ask:12', 'account required %FAKE%']);
  const client = await Client.greet('broker');
  client.authenticate(user.name);
  await client.takeKey();
  const texts = await client.answer(...Array.from({ length: 12 }, (_, i) => `answer-${i}`));
  assert.equal(texts.length, 13);
  assert.equal((await client.expect('authenticated')).user, user.name);
});

test('cancel reaches the module as PAM_CONV_ERR', async () => {
  const user = makeAccount('auth-cancel');
  makeProfile('vestibule', ['auth required %FAKE% auth=ask:1', 'account required %FAKE%']);
  const client = await Client.greet('broker');
  client.authenticate(user.name);
  await client.takeKey();
  await client.expectPrompt();
  client.send({ name: 'cancel' });
  assert.equal((await client.expect('failed')).code, 19);
});

test('a connection that ends in the conversation ends the leader: no module hears of an attempt', async () => {
  const user = makeAccount('auth-away');
  makeProfile('vestibule', [
    'auth required pam_unix.so',
    'auth required %FAKE% auth=mark:/run/attempts',
    ...UNIX_LOGIN.slice(1),
  ]);
  const client = await Client.greet('broker');
  client.authenticate(user.name);
  await client.takeKey();
  await client.expectPrompt();
  client.frames.end();
  await client.expectEnd();
  assert.equal(existsSync('/run/attempts'), false);
});

test('the sign-in is logged with who, what and from where, and without the password', async () => {
  const user = makeAccount('auth-logged');
  await signIn(user.name, user.password);
  await logged(
    new RegExp(
      `signed in: user '${user.name}' \\(uid ${user.uid}\\) by profile 'vestibule' from '192.0.2.7'`,
    ),
  );
  assert.equal(readLog().includes(user.password), false);
});
