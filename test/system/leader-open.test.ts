/** Opening a PAM session: only for who signed in, in login(1)'s order, undone in reverse when a step fails. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { LEADER_STAGES, PATHS } from '../../src/protocol/broker-leader.ts';
import { SEALED_BYTES } from '../../src/protocol/sealed-answer.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client, type OpenWish } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { openSession, signIn } from '../lib/leader/sessions.ts';

setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });
const [ann, ben] = [makeAccount('open-ann', ['lab-open']), makeAccount('open-ben')];

/** The stage and code that opening fails with. */
async function failOpen(as: 'root' | 'broker', wish: OpenWish): Promise<[string, number, string]> {
  const client = await Client.greet(as);
  client.open(wish);
  const message = await client.next();
  const failed = message?.name === 'failed' ? message : await client.expect('failed');
  await client.expectEnd();
  assert.deepEqual(readdirSync(PATHS.leaders), []);
  assert.deepEqual(readdirSync(PATHS.sessions), []);
  return [LEADER_STAGES[failed.stage]!, failed.code, failed.text];
}

async function openForBroker(user: string, grant: Uint8Array): Promise<Client> {
  const client = await Client.greet('broker');
  client.open({ user, grant });
  await client.expect('opened');
  return client;
}

test('with the grant of the user the broker opens a session, several times', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  for (let i = 0; i < 2; i++)
    assert.equal(await (await openForBroker(ann.name, grant)).end(), null);
});

test('without a grant, with a changed one, another user’s or an old key’s the broker opens nothing', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const grants: Uint8Array[] = [
    new Uint8Array(),
    new Uint8Array(32),
    grant.subarray(1),
    grant.subarray(0, -1),
  ];
  for (let i = 0; i < grant.length; i++) {
    const changed = Uint8Array.from(grant);
    changed[i]! ^= 1;
    if (i % 5 === 0 || i > grant.length - 3) grants.push(changed);
  }
  for (const bad of grants)
    assert.equal((await failOpen('broker', { user: ann.name, grant: bad }))[0], 'grant');
  assert.equal((await failOpen('broker', { user: ben.name, grant }))[0], 'grant');
  const key = readFileSync(PATHS.grantKey);
  execFileSync('dd', [
    'if=/dev/urandom',
    `of=${PATHS.grantKey}`,
    'bs=32',
    'count=1',
    'status=none',
  ]);
  assert.equal((await failOpen('broker', { user: ann.name, grant }))[0], 'grant');
  execFileSync('dd', [`of=${PATHS.grantKey}`, 'status=none'], { input: key });
});

test('a name that has another uid since the sign-in is refused', async () => {
  const user = makeAccount('open-reused');
  const { grant } = await signIn(user.name, user.password);
  execFileSync('usermod', ['-u', String(user.uid + 500), user.name]);
  assert.equal((await failOpen('broker', { user: user.name, grant }))[0], 'grant');
});

test('an expired grant is refused', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  // Eight days on, for the leader alone: a MAC of our own under root's key.
  const old = Uint8Array.from(grant.subarray(0, -32));
  new DataView(old.buffer).setBigUint64(13, BigInt(Date.now() - 1));
  const digest = hmac(readFileSync(PATHS.grantKey), old);
  assert.equal(
    (await failOpen('broker', { user: ann.name, grant: Buffer.concat([old, digest]) }))[0],
    'grant',
  );
  new DataView(old.buffer).setBigUint64(13, BigInt(Date.now() + 60_000));
  const good = Buffer.concat([old, hmac(readFileSync(PATHS.grantKey), old)]);
  await (await openForBroker(ann.name, good)).end();
});

/** HMAC-SHA-512-256 as crypto_auth(3) has it. */
function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha512', key).update(data).digest().subarray(0, 32);
}

test('policy holds for sessions too: uid 0, the minimum uid, the required group, the profile', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  assert.equal((await failOpen('root', { user: 'root' }))[0], 'policy');
  assert.equal((await failOpen('root', { user: 'daemon' }))[0], 'policy');
  assert.equal((await failOpen('root', { user: 'open-nobody' }))[0], 'user');
  assert.equal(
    (await failOpen('broker', { user: ann.name, grant, service: 'login' }))[0],
    'policy',
  );
  configure(['auth-required-user-group=lab-open']);
  await (await openForBroker(ann.name, grant)).end();
  assert.equal((await failOpen('root', { user: ben.name }))[0], 'policy');
});

test('a failure of each PAM stage is told with its code, and exactly what was done is undone', async () => {
  const steps = ['auth', 'account', 'setcred', 'open'] as const;
  const stages = ['authenticate', 'account', 'credentials', 'session'];
  const undone = [[], [], [], ['delete']];
  for (const [i, step] of steps.entries()) {
    rmSync('/run/marks', { force: true });
    const arguments_ = `${step}=fail:${i + 3} close=mark:/run/marks delete=mark:/run/marks`;
    makeProfile(
      'broken',
      ['auth', 'account', 'session'].map((type) => `${type} required %FAKE% ${arguments_}`),
    );
    const [stage, code] = await failOpen('root', { user: ann.name, service: 'broken', pty: true });
    assert.deepEqual([stage, code], [stages[i], i + 3]);
    const marks = existsSync('/run/marks')
      ? readFileSync('/run/marks', 'utf8').trim().split('\n')
      : [];
    assert.deepEqual(
      marks.map((line) => line.split(' ')[0]),
      undone[i],
    );
  }
});

test('PAM must not make it another user', async () => {
  makeProfile('broken', [`auth required %FAKE% auth=user:${ben.name}`, 'account required %FAKE%']);
  assert.equal((await failOpen('root', { user: ann.name, service: 'broken' }))[0], 'user');
});

test('a profile that asks can be answered; unanswered, it is said that nobody did', async () => {
  makeProfile('asking', [
    'auth required %FAKE% auth=ask:1',
    'account required %FAKE%',
    'session required %FAKE% open=ask:1',
  ]);
  const client = await Client.greet('root');
  client.open({ user: ann.name, service: 'asking' });
  await client.answer('answer-0');
  await client.answer('answer-0');
  await client.expect('opened');
  await client.end();
  const cancelled = await Client.greet('root');
  cancelled.open({ user: ann.name, service: 'asking' });
  await cancelled.expectPrompt();
  cancelled.send({ name: 'cancel' });
  const { stage, text } = await cancelled.expect('failed');
  assert.equal(LEADER_STAGES[stage], 'authenticate');
  assert.equal(text, "pam_authenticate by 'asking': Conversation error");
});

test('the broker passes on the answers of its person, each by a key of its question; another one counts nothing', async () => {
  makeProfile('asking', [
    'auth required %FAKE% auth=ask:1',
    'account required %FAKE%',
    'session required %FAKE% open=ask:2',
  ]);
  const { grant } = await signIn(ann.name, ann.password);
  configure(['auth-pam-sessions-profile=asking']);
  const answered = await Client.greet('broker');
  answered.open({ user: ann.name, grant, service: 'asking' });
  await answered.answer('answer-0');
  const earlier = answered.leaderKey;
  await answered.answer('answer-0', 'answer-1');
  assert.notDeepEqual(answered.leaderKey?.public, earlier?.public);
  await answered.expect('opened');
  await answered.end();
  const client = await Client.greet('broker');
  client.open({ user: ann.name, grant, service: 'asking' });
  const { first } = await client.expectPrompt();
  const from = readLog().length;
  client.send({ name: 'answer', first, sealed: [new Uint8Array(SEALED_BYTES)] });
  await client.expectEnd();
  await logged(/sealed answer to prompt \d+ refused for its (seal|expiry)/, from);
});

test('whoever holds a grant takes no place of a sign-in, however long PAM takes', async () => {
  makeProfile('asking', ['auth required %FAKE% auth=ask:1', 'account required %FAKE%']);
  const { grant } = await signIn(ann.name, ann.password);
  configure(['auth-pam-sessions-profile=asking']);
  const from = readLog().length;
  const waiting: Client[] = [];
  // rootd refuses every connection from the 201st leader on that waits for a sign-in.
  for (let i = 0; i < 201; i++) {
    const client = await Client.greet('broker');
    client.open({ user: ann.name, grant, service: 'asking' });
    await client.expectPrompt();
    waiting.push(client);
  }
  await signIn(ben.name, ben.password);
  assert.doesNotMatch(readLog().slice(from), /refused a connection/);
  for (const client of waiting) client.frames.end();
});

test('a connection that ends in the question of pam_open_session: PAM is unwound', async () => {
  rmSync('/run/marks', { force: true });
  makeProfile('asking', [
    'auth required %FAKE% delete=mark:/run/marks',
    'account required %FAKE%',
    'session required %FAKE% open=ask:1',
  ]);
  const client = await Client.greet('root');
  client.open({ user: ann.name, service: 'asking' });
  await client.expectPrompt();
  const from = readLog().length;
  client.frames.end();
  await logged(/pam_setcred \(delete\).*Success/, from);
  assert.match(readFileSync('/run/marks', 'utf8'), /^delete /);
});

test('an expired password: refused to the broker, changed for root', async () => {
  const user = makeAccount('open-expired');
  const { grant } = await signIn(user.name, user.password);
  execFileSync('chage', ['-d', '0', user.name]);
  assert.deepEqual((await failOpen('broker', { user: user.name, grant })).slice(0, 2), [
    'password',
    12,
  ]);
  const client = await Client.greet('root');
  client.open({ user: user.name });
  for (const answer of [user.password, 'a-new-Pass-word-2', 'a-new-Pass-word-2'])
    await client.answer(answer);
  await client.expect('opened');
  await client.end();
});

test('a session id that another leader has fails and leaves the other alone', async () => {
  const first = await openSession({ user: ann.name });
  first.spawn({ argv: ['/bin/sleep', '1000'] });
  await first.expect('spawned');
  const second = await Client.greet('root');
  second.open({ user: ben.name, pamSession: first.pamSession });
  assert.equal(LEADER_STAGES[(await second.expect('failed')).stage], 'session');
  await second.expectEnd();
  assert.equal((await Client.adopt(first.pamSession, 'root')).state?.user, ann.name);
  await first.view();
  assert.equal(await first.end(), 1);
});

test('auth-pam-sessions-enabled=0: no session calls', async () => {
  configure(['auth-pam-sessions-enabled=0']);
  rmSync('/run/marks', { force: true });
  const all = ['setcred', 'open', 'close', 'delete']
    .map((stage) => `${stage}=mark:/run/marks`)
    .join(' ');
  makeProfile(
    'marking',
    ['auth', 'account', 'session'].map((type) => `${type} required %FAKE% ${all}`),
  );
  const client = await openSession({ user: ann.name, service: 'marking' });
  await client.end();
  assert.equal(existsSync('/run/marks'), false);
});

test('a locked account gets no session, though nobody would have to type its password', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  execFileSync('passwd', ['-l', ann.name]);
  try {
    const [stage, code, text] = await failOpen('broker', { user: ann.name, grant });
    assert.deepEqual([stage, code], ['account', 13]);
    assert.match(text, /is locked \(passwd -l\)/);
    // Root may, as by su(1).
    await (await openSession({ user: ann.name })).end();
  } finally {
    execFileSync('passwd', ['-u', ann.name]);
  }
  execFileSync('chage', ['-E', '0', ann.name]);
  try {
    assert.equal((await failOpen('broker', { user: ann.name, grant }))[0], 'account');
  } finally {
    execFileSync('chage', ['-E', '-1', ann.name]);
  }
});

test('an account without any password is not locked: it may sign in by other means', async () => {
  const { grant } = await signIn(ben.name, ben.password);
  for (const password of ['!', '!!', '*', '!*']) {
    execFileSync('usermod', ['-p', password, ben.name]);
    await (await openForBroker(ben.name, grant)).end();
  }
});

test('with PAM sessions off no session function of PAM is called, and a missing home is said so', async () => {
  const marks = '/tmp/open-marks';
  rmSync(marks, { force: true });
  makeProfile('off', [
    'auth sufficient pam_rootok.so',
    `auth required %FAKE% setcred=mark:${marks}`,
    'account required pam_permit.so',
    `session required %FAKE% open=mark:${marks} close=mark:${marks}`,
  ]);
  const account = makeAccount('open-homeless');
  const home = `/home/${account.name}`;
  rmSync(home, { recursive: true });
  for (const enabled of [true, false]) {
    configure([`auth-pam-sessions-enabled=${enabled ? 1 : 0}`]);
    const client = await openSession({ user: account.name, service: 'off', pty: true });
    client.spawn({ argv: ['/bin/sh', '-c', 'read -r go; id -u; pwd; env | cut -d= -f1 | sort'] });
    await client.expect('spawned');
    const viewer = await client.view();
    viewer.type('\n');
    await viewer.rest();
    await client.expectClosed();
    assert.equal(existsSync(marks), enabled);
    rmSync(marks, { force: true });
    const lines = viewer.text.split('\r\n');
    assert.ok(lines.includes(String(account.uid)) && lines.includes('/'), viewer.text);
    const sentence = `Home directory ${home} does not exist; PAM sessions are off, so pam_mkhomedir did not run`;
    assert.equal(lines.includes(sentence), !enabled, viewer.text);
    if (!enabled)
      assert.ok(['HOME', 'PATH', 'SHELL', 'TERM', 'USER'].every((name) => lines.includes(name)));
  }
});
