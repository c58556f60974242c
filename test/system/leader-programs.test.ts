/** The programs of a PAM session: who gets one more in it, who does not, and what is left of one that has ended. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { CLOSE_POLICIES, LEADER_STAGES } from '../../src/protocol/broker-leader.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { Client, newId, type OpenWish } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { openSession, signIn } from '../lib/leader/sessions.ts';
import { findProcesses, listProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';

const MOST = 64;
let ann: Account;
let ben: Account;
setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });
before(() => {
  [ann, ben] = [makeAccount('stay-ann'), makeAccount('stay-ben')];
});

const countPrograms = () => listProcesses().filter(({ uid }) => uid === ann.uid).length;

async function openAs(grant: Uint8Array, wish: Partial<OpenWish> = {}): Promise<Client> {
  const client = await Client.greet('broker');
  client.open({ user: ann.name, grant, close: 'asked', ...wish });
  await client.expect('opened');
  return client;
}

/** Its programs end with it. */
async function close(client: Client): Promise<void> {
  client.send({ name: 'close' });
  await until(() => countPrograms() === 0, 'no program is left');
}

test('without a grant of this user nobody gets a further program; those that run go on', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const others = (await signIn(ben.name, ben.password)).grant;
  const client = await openAs(grant);
  client.spawn({ session: newId(), grant });
  await client.expect('spawned');
  for (const bad of [new Uint8Array(), grant.subarray(1), others]) {
    const session = newId();
    client.spawn({ session, grant: bad });
    const failed = await client.expect('failed');
    assert.deepEqual([LEADER_STAGES[failed.stage], failed.session], ['grant', session]);
    assert.equal(failed.text, 'the grant is not valid for this user, or has expired');
  }
  client.spawn({ session: newId(), grant });
  await client.expect('spawned');
  await close(client);
});

/** Every spawn of the broker's: what the session was opened with is not enough. */
test('without a grant the first program is refused, too, and the PAM session stays open', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  for (const close of CLOSE_POLICIES) {
    const client = await openAs(grant, { close, pty: true });
    client.spawn({ grant: new Uint8Array() });
    const failed = await client.expect('failed');
    assert.deepEqual([LEADER_STAGES[failed.stage], failed.session], ['grant', client.session]);
    client.spawn();
    assert.equal((await client.expect('spawned')).session, client.session);
    await client.end();
  }
});

test('the id of the PAM session is that of no session', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const same = await Client.greet('broker');
  same.session = same.pamSession;
  same.open({ user: ann.name, grant, pty: true });
  await same.expectEnd();
  const client = await openAs(grant);
  client.spawn({ session: client.pamSession });
  await client.expectEnd();
  assert.equal(countPrograms(), 0);
  await (await Client.adopt(client.pamSession)).end();
});

test('what runs is not noted away: it is ignored', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const client = await openAs(grant);
  client.spawn();
  await client.expect('spawned');
  for (const session of [client.session, '', newId()]) client.send({ name: 'noted', session });
  client.send({ name: 'end', session: client.session });
  await client.expect('exited');
  await client.expect('ended');
  const again = await Client.adopt(client.pamSession);
  assert.deepEqual(again.state?.sessions, [client.session]);
  client.send({ name: 'noted', session: client.session });
  await client.end();
});

test('the terminal that PAM was told of is kept when its program has ended, others are given back', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const client = await Client.greet('broker');
  client.open({ user: ann.name, grant, close: 'asked', pty: true });
  await client.expect('opened');
  const [tty = ''] = (await Client.adopt(client.pamSession)).state!.ttys;
  client.spawn();
  assert.equal((await client.expect('spawned')).tty, tty);
  client.spawn({ session: newId() });
  const other = (await client.expect('spawned')).tty;
  assert.notEqual(other, tty);
  for (const session of (await Client.adopt(client.pamSession)).state!.sessions) {
    client.send({ name: 'end', session });
    await client.expect('exited');
    await client.expect('ended');
    client.send({ name: 'noted', session });
  }
  assert.equal(existsSync(other), false);
  assert.equal(existsSync(tty), true);
  await client.end();
  assert.equal(existsSync(tty), false);
});

test(`it takes ${MOST} programs; one more is refused in words, and again taken when one has ended`, async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const client = await openAs(grant);
  const sessions = Array.from({ length: MOST }, newId);
  for (const session of sessions) {
    client.spawn({ session, grant });
    await client.expect('spawned');
  }
  client.spawn({ session: newId(), grant });
  const failed = await client.expect('failed');
  assert.deepEqual([LEADER_STAGES[failed.stage], failed.code], ['spawn', 24]);
  assert.equal(failed.text, 'this PAM session has the maximum number of programs');
  const first = sessions[0]!;
  client.send({ name: 'end', session: first });
  await client.expect('exited');
  assert.equal((await client.expect('ended')).session, first);
  client.send({ name: 'noted', session: first });
  client.spawn({ session: newId(), grant });
  await client.expect('spawned');
  await close(client);
});

test('a session-host that takes no messages is ended, and holds up nobody', async () => {
  const client = await openSession({ user: ann.name, close: 'asked' });
  const sessions = [newId(), newId()] as const;
  for (const session of sessions) {
    client.spawn({ session, argv: ['/bin/sleep', '1000'] });
    await client.expect('spawned');
  }
  const hosts = findProcesses('vestibule-session-host').map(({ pid }) => pid);
  process.kill(Math.min(...hosts), 'SIGSTOP');
  const started = performance.now();
  const rotate = { name: 'rotate', session: sessions[0], drop: 0, key: client.sessionKey } as const;
  for (let i = 0; i < 2000; i++) client.send(rotate);
  const exited = await client.expect('exited');
  assert.deepEqual([exited.session, exited.status], [sessions[0], 9]);
  assert.equal((await client.expect('ended')).session, sessions[0]);
  assert.ok(performance.now() - started < 4000);
  assert.equal(countPrograms(), 2);
  await close(client);
});
