/** The live socket: lists pushed to their person only, and the end of a sign-in. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { FAKE_PAM_SESSION, FAKE_TROUBLE } from '../../../test/fakes/fake-broker.ts';
import { startFixture, TestSocket } from '../../../test/fakes/gateway-fixture.ts';

test('the list comes at once and whenever it changes, to its person only', async (t) => {
  const gateway = await startFixture(t);
  const alice = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  const bob = gateway.socket('/api/live', { cookie: await gateway.signIn('bob') });
  assert.equal((await alice.json()).sessions!.length, 2);
  assert.deepEqual(await bob.json(), { kind: 'sessions', sessions: [] });
  await gateway.order({ order: 'sessions', user: 'alice' });
  const changed = await alice.json();
  assert.deepEqual([changed.kind, changed.sessions!.length], ['changed', 2]);
  await gateway.order({ order: 'sessions', user: 'bob' });
  assert.deepEqual(await bob.json(), { kind: 'changed', sessions: [] });
  await alice.homeSession();
  await bob.homeSession();
  await alice.troubles();
  await bob.troubles();
  assert.deepEqual(
    (await alice.pamSessions()).map(({ id }) => id),
    [FAKE_PAM_SESSION],
  );
  assert.deepEqual(await bob.pamSessions(), []);
  await gateway.order({ order: 'pam-sessions', user: 'alice' });
  assert.equal((await alice.pamSessions()).length, 1);
  await gateway.order({ order: 'home-session', user: 'bob' });
  assert.equal((await bob.homeSession()).homeSession.state, 'open');
  assert.equal(alice.messages.all.length + bob.messages.all.length, 0);
});

test('troubles go to the one whom the broker means', async (t) => {
  const gateway = await startFixture(t);
  const alice = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  const bob = gateway.socket('/api/live', { cookie: await gateway.signIn('bob') });
  assert.deepEqual([await alice.troubles(), await bob.troubles()], [[], []]);
  await gateway.order({ order: 'troubles', user: 'alice' });
  assert.deepEqual(await alice.troubles(), [FAKE_TROUBLE]);
  await gateway.order({ order: 'troubles', user: 'bob' });
  assert.deepEqual(await bob.troubles(), [FAKE_TROUBLE]);
  assert.equal(alice.messages.all.filter((data) => data.includes('troubles')).length, 0);
});

test('what the broker announces right behind the list does not overtake it', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const obey = (['sessions', 'home-session'] as const).map((order) => ({ order, user: 'alice' }));
  await gateway.order({ order: 'after', type: 'session-list', obey });
  const { messages } = gateway.socket('/api/live', { cookie });
  const kinds = ['sessions', 'pam-sessions', 'home-session', 'troubles', 'changed', 'home-session'];
  for (const kind of kinds) {
    assert.equal(JSON.parse(String(await messages.take())).kind, kind);
  }
});

test('the broker is told that somebody looks, by every connection of the gateway', async (t) => {
  const gateway = await startFixture(t);
  const live = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  await live.json();
  await gateway.asked('session-watch');
  await gateway.killBroker();
  await gateway.restartBroker();
  await live.json();
  await gateway.asked('session-watch');
});

test('it does not keep the ticket alive', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  gateway.advance(61_000);
  await gateway.socket('/api/live', { cookie }).json();
  assert.equal((await gateway.asked('ticket-check')).active, false);
});

test('a revoked ticket closes it at once, and says so', async (t) => {
  const gateway = await startFixture(t);
  const live = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  await live.json();
  await gateway.order({ order: 'revoke', user: 'alice' });
  assert.deepEqual(await live.json(), { kind: 'signed-out' });
  assert.equal(await live.closed, 4401);
});

test('signing out in one tab closes the others', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const live = gateway.socket('/api/live', { cookie });
  await live.json();
  await gateway.ask('/api/sign-out', { method: 'POST', cookie });
  assert.deepEqual(await live.json(), { kind: 'signed-out' });
  assert.equal(await live.closed, 4401);
});

test('without a good ticket it is closed as signed out', async (t) => {
  const gateway = await startFixture(t);
  assert.equal(await gateway.socket('/api/live').closed, 4401);
  const cookie = `__Host-Http-vestibule-ticket=1.${'A'.repeat(43)}`;
  assert.equal(await gateway.socket('/api/live', { cookie }).closed, 4401);
});

test('it outlives the broker and gets the list of the next one', async (t) => {
  const gateway = await startFixture(t);
  const live = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  await live.json();
  await gateway.killBroker();
  await gateway.restartBroker();
  assert.equal((await live.json()).sessions!.length, 2);
  assert.equal(live.ws.readyState, live.ws.OPEN);
});

test('it opens without a broker on a ticket that was checked; the list comes later', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.killBroker();
  const live = gateway.socket('/api/live', { cookie });
  await once(live.ws, 'open');
  await gateway.restartBroker();
  assert.equal((await live.json()).sessions!.length, 2);
  await gateway.killBroker();
  gateway.advance(61_000);
  assert.equal(await gateway.socket('/api/live', { cookie }).closed, 4503);
});

test('a revocation while the broker was away is caught up', async (t) => {
  const gateway = await startFixture(t);
  const live = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  await live.json();
  await gateway.order({ order: 'forget', user: 'alice' });
  await gateway.killBroker();
  await gateway.restartBroker();
  assert.deepEqual(await live.json(), { kind: 'signed-out' });
  assert.equal(await live.closed, 4401);
});

test('a page that sends something is closed', async (t) => {
  const gateway = await startFixture(t);
  const live = gateway.socket('/api/live', { cookie: await gateway.signIn('alice') });
  await live.json();
  live.ws.send('hello');
  assert.equal(await live.closed, 4400);
});

test('a browser that does not answer a ping is dropped', async (t) => {
  const gateway = await startFixture(t, { pingMs: 50 });
  const cookie = await gateway.signIn('alice');
  const options = { ca: gateway.certificate, headers: { cookie, origin: gateway.origin() } };
  const address = `wss://localhost:${gateway.running.ports.home}/api/live`;
  const dead = new TestSocket(address, { ...options, autoPong: false });
  assert.equal(await dead.closed, 1006);
});
