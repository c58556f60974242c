/** How long the broker's word on a ticket counts, and how it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAKE_SESSION } from '../../test/fakes/fake-broker.ts';
import { startFixture } from '../../test/fakes/gateway-fixture.ts';

const statusOf = async (answer: Promise<{ status: number }>): Promise<number> =>
  (await answer).status;

test('a ticket in use is checked with the broker every 30 seconds', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.ask('/api/home', { cookie });
  gateway.advance(29_000);
  await gateway.ask('/api/home', { cookie });
  assert.equal(gateway.countAsked('ticket-check'), 0);
  gateway.advance(2000);
  await gateway.ask('/api/home', { cookie });
  assert.equal(gateway.countAsked('ticket-check'), 1);
  await gateway.ask('/api/home', { cookie });
  assert.equal(gateway.countAsked('ticket-check'), 1);
});

test('without a broker a checked ticket is honoured for 60 seconds, an unknown one never', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.killBroker();
  const { tickets } = gateway.running.gateway;
  const ticket = cookie.split('=')[1]!;
  assert.equal((await tickets.check(ticket, true)).user, 'alice');
  gateway.advance(59_000);
  assert.equal((await tickets.check(ticket, false)).user, 'alice');
  await assert.rejects(tickets.check(`1.${'A'.repeat(43)}`, false), { code: 'unavailable' });
  gateway.advance(2000);
  await assert.rejects(tickets.check(ticket, false), { code: 'unavailable' });
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie })), 503);
  await gateway.restartBroker();
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie })), 200);
});

test('a ticket past its end is not honoured from memory', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const ticket = cookie.split('=')[1]!;
  const { tickets } = gateway.running.gateway;
  tickets.keep(ticket, { ...(await tickets.check(ticket, false)), idleMs: 20_000 }, true);
  await gateway.killBroker();
  gateway.advance(19_000);
  assert.equal((await tickets.check(ticket, false)).user, 'alice');
  gateway.advance(1_000);
  await assert.rejects(tickets.check(ticket, false), {
    code: 'unavailable',
  });
});

test('a revoked ticket ends at once', async (t) => {
  const gateway = await startFixture(t);
  const alice = await gateway.signIn('alice');
  const bob = await gateway.signIn('bob');
  await gateway.order({ order: 'revoke', user: 'alice' });
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie: alice })), 401);
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie: bob })), 200);
});

test('a revocation right behind the answer to a check wins', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  gateway.advance(31_000);
  const obey = [{ order: 'revoke', user: 'alice' }] as const;
  await gateway.order({ order: 'after', type: 'ticket-check', obey });
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie })), 401);
  const before = gateway.countAsked('ticket-check');
  assert.equal(await statusOf(gateway.ask('/api/home', { cookie })), 401);
  assert.equal(gateway.countAsked('ticket-check'), before + 1);
});

test('requests at the same time ask the broker once', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  gateway.advance(31_000);
  await gateway.order({ order: 'hold', type: 'ticket-check' });
  const { tickets } = gateway.running.gateway;
  const ticket = cookie.split('=')[1]!;
  const both = Promise.all([tickets.check(ticket, false), tickets.check(ticket, false)]);
  await gateway.order({ order: 'release' });
  assert.equal((await both).length, 2);
  assert.equal(gateway.countAsked('ticket-check'), 1);
});

test('a request that the broker never answers fails when the broker goes', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.order({ order: 'hold', type: 'session-enter' });
  const waiting = gateway.ask(`/s/${FAKE_SESSION}/`, { cookie });
  await gateway.asked('session-enter');
  await gateway.killBroker();
  assert.equal(await statusOf(waiting), 503);
});
