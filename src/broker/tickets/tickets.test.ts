import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Asker, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { SignInView } from '../../protocol/page-gateway.ts';
import { revokeExpired } from './revoke-tickets.ts';

const MINUTE = 60_000;

test('a ticket slides while it is used and ends when it is not', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket, info } = await gateway.signIn('ada');
  fixture.skipMs = 50 * MINUTE;
  const idle = await gateway.ask('ticket-check', { ticket, active: false });
  assert.equal(idle.idleMs, info.idleMs - 50 * MINUTE);
  const active = await gateway.ask('ticket-check', { ticket, active: true });
  assert.equal(active.idleMs, info.idleMs);
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
  const { idleMs, absoluteMs } = await fixture.gateway.ask('ticket-check', {
    ticket,
    active: true,
  });
  assert.equal(idleMs, info.absoluteMs - 30 * MINUTE);
  assert.equal(absoluteMs, idleMs);
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
  const leader = await machine.opening.take((leader) => leader.terminal === session.id);
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
    assert.ok(!data.includes(ticket) && !data.includes(Buffer.from(ticket.slice(2), 'base64url')));
  }
  await fixture.restart();
  await fixture.gateway.ask('ticket-check', { ticket, active: true });
});

test('a ticket lasts as many days as the option says, used or not', async (t) => {
  const fixture = await startFixture(t);
  const DAY = 86_400_000;
  const first = await fixture.gateway.signIn('ada');
  assert.ok(first.info.absoluteMs <= 7 * DAY);
  assert.ok(first.info.absoluteMs > 6.9 * DAY);
  fixture.settings = { staySignedInDays: 2 };
  await fixture.restart();
  const { absoluteMs } = await fixture.gateway.ask('ticket-check', {
    ticket: first.ticket,
    active: true,
  });
  assert.ok(absoluteMs <= 2 * DAY && absoluteMs > 1.9 * DAY);
  const second = await fixture.gateway.signIn('ada');
  assert.ok(second.info.absoluteMs <= 2 * DAY);
});

test('the list says where, since when, last used when, and which one is asking', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const first = await gateway.signIn('ada');
  fixture.skipMs = 5 * MINUTE;
  const second = await gateway.signIn('ada');
  await gateway.signIn('bob');
  fixture.skipMs = 10 * MINUTE;
  await gateway.ask('ticket-check', { ticket: first.ticket, active: false });
  await gateway.ask('ticket-check', { ticket: second.ticket, active: true });
  const { signIns } = await gateway.ask('sign-in-list', { ticket: second.ticket });
  assert.deepEqual(
    signIns.map(({ id, address, userAgent, current }) => ({ id, address, userAgent, current })),
    [
      { id: first.info.id, address: '192.0.2.7', userAgent: 'test', current: false },
      { id: second.info.id, address: '192.0.2.7', userAgent: 'test', current: true },
    ],
  );
  assert.equal(signIns[0]!.used, signIns[0]!.started);
  assert.ok(signIns[1]!.used >= signIns[1]!.started + 5 * MINUTE);
  fixture.skipMs = 61 * MINUTE;
  const later = await gateway.ask('sign-in-list', { ticket: second.ticket });
  assert.deepEqual(
    later.signIns.map(({ id }) => id),
    [second.info.id],
  );
});

test('a terminal that is worked in keeps the ticket alive', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const session = await gateway.start(ticket);
  const pass = await gateway.pass(ticket, session.id);
  fixture.skipMs = 50 * MINUTE;
  await gateway.ask('session-dial', { pass, session: session.id });
  assert.equal(
    (await onlySignIn(gateway, ticket)).used,
    (await onlySignIn(gateway, ticket)).started,
  );
  await gateway.ask('session-active', { pass, session: session.id });
  fixture.skipMs = 100 * MINUTE;
  await gateway.ask('ticket-check', { ticket, active: false });
});

test("one elsewhere can be ended, nobody else's can", async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const mine = await gateway.signIn('ada');
  const elsewhere = await gateway.signIn('ada');
  const foreign = await gateway.signIn('bob');
  const { ticket } = mine;
  await gateway.refusedAs('not-found', 'sign-in-end', { ticket, signIn: foreign.info.id });
  await gateway.ask('sign-in-end', { ticket, signIn: elsewhere.info.id });
  await gateway.refusedAs('not-found', 'sign-in-end', { ticket, signIn: elsewhere.info.id });
  await gateway.refusedAs('not-signed-in', 'sign-in-list', { ticket: elsewhere.ticket });
  await gateway.ask('sign-in-list', { ticket: foreign.ticket });
  const last = fixture.audit().filter(({ event }) => event === 'sign-out');
  assert.deepEqual(
    last.map(({ detail }) => detail),
    [`ticket ${elsewhere.info.id}: by ticket ${mine.info.id}`],
  );
});

test('everywhere is everywhere, and only for that person', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const all = [await gateway.signIn('ada'), await gateway.signIn('ada')];
  const foreign = await gateway.signIn('bob');
  await gateway.ask('sign-out-everywhere', { ticket: all[0]!.ticket });
  const event = await gateway.events.take(({ event }) => event === 'revoked');
  assert.ok(event.event === 'revoked');
  assert.deepEqual(event.tickets.toSorted(), all.map(({ info }) => info.id).sort());
  for (const { ticket } of all) {
    await gateway.refusedAs('not-signed-in', 'sign-out-everywhere', { ticket });
  }
  await gateway.ask('sign-in-list', { ticket: foreign.ticket });
  const rows = fixture.audit().filter(({ event }) => event === 'sign-out-everywhere');
  assert.equal(rows.length, 2);
});

test('root ends those of one name, or all', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, cli } = fixture;
  for (const user of ['ada', 'ada', 'bob', 'carol']) await gateway.signIn(user);
  assert.deepEqual(await cli.ask('end-sign-ins', { user: 'ada' }), { tickets: 2 });
  assert.deepEqual(await cli.ask('end-sign-ins', { user: 'ada' }), { tickets: 0 });
  assert.deepEqual(await cli.ask('end-sign-ins', { user: null }), { tickets: 2 });
  assert.equal(fixture.broker.tickets.count(), 0);
  const rows = fixture.audit().filter(({ event }) => event === 'sign-out-by-root');
  assert.equal(rows.length, 4);
});

test('a name that another account has now brings nothing with it', async (t) => {
  const { gateway, machine } = await startFixture(t);
  const before = await gateway.signIn('ada');
  const session = await gateway.start(before.ticket);
  const leader = await machine.opening.take((leader) => leader.terminal === session.id);
  machine.uid = 61_999;
  const after = await gateway.signIn('ada');
  await gateway.refusedAs('not-signed-in', 'sign-in-list', { ticket: before.ticket });
  await leader.received.take(({ name }) => name === 'rotate');
  const { ticket } = after;
  assert.deepEqual((await gateway.ask('session-list', { ticket })).sessions, []);
  await gateway.refusedAs('session-not-found', 'session-enter', {
    ticket,
    session: session.id,
    browser: ticket,
  });
  assert.equal((await gateway.start(ticket)).name, 'Terminal 1');
});

async function onlySignIn(gateway: Asker, ticket: string): Promise<SignInView> {
  const { signIns } = await gateway.ask('sign-in-list', { ticket });
  assert.equal(signIns.length, 1);
  return signIns[0]!;
}
