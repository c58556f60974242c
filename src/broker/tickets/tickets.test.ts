import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';
import { revokeExpired } from './revoke-tickets.ts';

const MINUTE = 60_000;

test('a ticket slides while it is used and ends when it is not', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket, info } = await gateway.signIn('ada');
  fixture.skipMs = 50 * MINUTE;
  const idle = await gateway.ask('ticket-check', { ticket, active: false });
  assert.equal(idle.idleEnd, info.idleEnd);
  const active = await gateway.ask('ticket-check', { ticket, active: true });
  assert.ok(active.idleEnd > info.idleEnd + 40 * MINUTE);
  fixture.skipMs = 105 * MINUTE;
  await gateway.ask('ticket-check', { ticket, active: false });
  fixture.skipMs = 111 * MINUTE;
  await gateway.refusedAs('not-signed-in', 'ticket-check', { ticket, active: true });
});

test('no use stretches a ticket beyond its grant', async (t) => {
  const fixture = await startFixture(t);
  fixture.machine.grantMs = 70 * MINUTE;
  const { ticket, info } = await fixture.gateway.signIn('ada');
  fixture.skipMs = 30 * MINUTE;
  const { idleEnd, absoluteEnd } = await fixture.gateway.ask('ticket-check', {
    ticket,
    active: true,
  });
  assert.equal(idleEnd, info.absoluteEnd);
  assert.equal(absoluteEnd, info.absoluteEnd);
  fixture.skipMs = 71 * MINUTE;
  await fixture.gateway.refusedAs('not-signed-in', 'ticket-check', { ticket, active: true });
});

test('sign-out revokes one ticket and tells every gateway', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const other = await fixture.connect('gateway');
  const first = await gateway.signIn('ada');
  const second = await gateway.signIn('ada');
  await gateway.ask('sign-out', { ticket: first.ticket });
  for (const asker of [gateway, other]) {
    const event = await asker.events.take(({ event }) => event === 'revoked');
    assert.deepEqual(event, { event: 'revoked', tickets: [first.info.id] });
  }
  await gateway.refusedAs('not-signed-in', 'ticket-check', { ticket: first.ticket, active: true });
  await gateway.ask('ticket-check', { ticket: second.ticket, active: true });
});

test('expired tickets are cleaned up and announced', async (t) => {
  const fixture = await startFixture(t);
  const { info } = await fixture.gateway.signIn('ada');
  fixture.skipMs = 61 * MINUTE;
  revokeExpired(fixture.broker);
  const event = await fixture.gateway.events.take(({ event }) => event === 'revoked');
  assert.deepEqual(event, { event: 'revoked', tickets: [info.id] });
  assert.equal(fixture.broker.tickets.count(), 0);
});

test("the user's last sign-out changes the keys of their sessions", async (t) => {
  const { gateway, machine } = await startFixture(t);
  const first = await gateway.signIn('ada');
  const second = await gateway.signIn('ada');
  const session = await gateway.start(first.ticket);
  const leader = await machine.opening.take((leader) => leader.session === session.id);
  await gateway.ask('sign-out', { ticket: first.ticket });
  assert.ok(!leader.received.all.some(({ name }) => name === 'rotate'));
  await gateway.ask('sign-out', { ticket: second.ticket });
  const rotate = await leader.received.take(({ name }) => name === 'rotate');
  assert.equal(rotate.name === 'rotate' && rotate.drop, 1);
});

test('a ticket outlives the broker, and no file of it holds the secret', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  for (const name of ['broker.db', 'broker.db-wal']) {
    const data = readFileSync(join(fixture.directory, name));
    assert.ok(!data.includes(ticket) && !data.includes(Buffer.from(ticket, 'base64url')));
  }
  await fixture.restart();
  await fixture.gateway.ask('ticket-check', { ticket, active: true });
});
