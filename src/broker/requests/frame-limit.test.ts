/** Everything that is sent fits a frame or becomes a problem: no answer, event or list may crash the broker. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import * as v from 'valibot';
import {
  Asker,
  type BrokerFixture,
  beginAs,
  ORIGIN,
  RIGHT,
  startFixture,
} from '../../../test/fakes/broker-fixture.ts';
import { type BrokerEvent, MAX_FRAME } from '../../protocol/gateway-broker.ts';
import type { SessionId, TicketId } from '../../protocol/ids.ts';
import { greet } from '../../protocol/json-frame.ts';
import { addSession } from '../changes/change-session.ts';
import { BLANK } from '../rows/session-row.ts';
import { makeSecret, type Ticket } from '../rows/ticket-store.ts';
import { announce } from '../views/announce.ts';
import { serveConnection } from './serve-connection.ts';

const makeId = () => randomBytes(16).toString('hex');

/** Copies of a sign-in, many more than a user can have. */
function copySignIn({ broker }: BrokerFixture, id: TicketId, count: number): Ticket[] {
  const original = broker.tickets.get(id)!;
  const copies = Array.from({ length: count }, (_, number) => ({
    ...original,
    id: makeId() as TicketId,
    userAgent: '"'.repeat(256),
    issued: original.issued + number + 1,
  }));
  broker.store.transact(() => {
    for (const copy of copies) broker.tickets.insert(copy, makeSecret());
  });
  return copies;
}

function startMany({ broker }: BrokerFixture, ticket: Ticket, count: number): SessionId[] {
  const { user, uid } = ticket;
  return Array.from({ length: count }, (_, number) => {
    const id = makeId() as SessionId;
    addSession(broker, {
      ...BLANK,
      ...{ id, pamSession: null, user, uid, kind: 'terminal', state: 'starting' },
      ...{ name: `${number} ${'é'.repeat(60)}`, origin: 'gateway', address: '192.0.2.7' },
      started: broker.now(),
    });
    return id;
  });
}

test('an answer that is too large is a problem', async (t) => {
  const { broker } = await startFixture(t);
  const requests = {
    fits: { ask: v.object({}), handle: () => ({ text: 'x'.repeat(MAX_FRAME - 100) }) },
    large: { ask: v.object({}), handle: () => ({ text: 'x'.repeat(MAX_FRAME) }) },
    unsendable: { ask: v.object({}), handle: () => ({ text: 1n }) },
  };
  const [ours, theirs] = duplexPair();
  const [frames] = await Promise.all([
    greet(theirs),
    serveConnection(broker, { name: 'cli', requests }, ours),
  ]);
  const asker = new Asker(frames);
  for (const type of ['large', 'unsendable']) {
    const { problem } = await asker.raw({ type });
    assert.equal(problem?.code, 'internal', type);
    assert.match(problem.reference, /^[0-9a-f]{12}$/);
  }
  assert.ok((await asker.raw({ type: 'fits' })).ok);
});

test('1,700 sign-ins of one account: the list has the newest, and the asking one', async (t) => {
  const fixture = await startFixture(t);
  const { ticket, info } = await fixture.gateway.signIn('ada');
  const copies = copySignIn(fixture, info.id, 1700);
  const { signIns } = await fixture.gateway.ask('sign-in-list', { ticket });
  assert.ok(signIns.length > 500 && signIns.length < 1700, `${signIns.length}`);
  assert.ok(signIns.some(({ id, current }) => id === info.id && current));
  assert.equal(signIns.at(-1)?.id, copies.at(-1)?.id);
});

test('40,000 sign-ins end at once: every one of them is announced', async (t) => {
  const fixture = await startFixture(t);
  const { info } = await fixture.gateway.signIn('ada');
  const copies = copySignIn(fixture, info.id, 40_000);
  const { tickets } = await fixture.cli.ask('end-sign-ins', { user: null });
  assert.equal(tickets, 40_001);
  const told = new Set<string>();
  while (told.size < tickets) {
    const event = await fixture.gateway.events.take(({ event }) => event === 'revoked');
    for (const id of (event as Extract<BrokerEvent, { event: 'revoked' }>).tickets) told.add(id);
  }
  for (const { id } of copies) assert.ok(told.has(id));
});

test('5,000 sessions change at once: all are announced, the list has the newest, root gets all', async (t) => {
  const fixture = await startFixture(t);
  const { ticket, info } = await fixture.gateway.signIn('ada');
  const ids = startMany(fixture, fixture.broker.tickets.get(info.id)!, 5000);
  const told = new Set<string>();
  while (told.size < ids.length) {
    const event = await fixture.gateway.events.take(({ event }) => event === 'sessions');
    for (const { id } of (event as Extract<BrokerEvent, { event: 'sessions' }>).sessions)
      told.add(id);
  }
  const { sessions } = await fixture.gateway.ask('session-list', { ticket });
  assert.ok(sessions.length > 1000 && sessions.length < 5000, `${sessions.length}`);
  const listed: string[] = [];
  for (let after: SessionId | undefined; ; ) {
    const page = await fixture.cli.ask('active-sessions', after === undefined ? {} : { after });
    listed.push(...page.sessions.map(({ id }) => id));
    if (page.next === null) break;
    after = page.next;
  }
  assert.deepEqual(listed.sort(), ids.sort());
});

test('a module that talks without end is cut short, what it asks is shown', async (t) => {
  const { gateway } = await startFixture(t);
  const begun = await gateway.ask('sign-in-start', beginAs('talks'));
  assert.equal(begun.kind, 'prompts');
  const { conversation } = begun as Extract<typeof begun, { kind: 'prompts' }>;
  const talk = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  const question = talk.items.find(({ style }) => style === 'shown');
  assert.equal(question?.text.length, 4096);
  assert.ok(JSON.stringify(talk).length < MAX_FRAME / 2);
  const { ticket } = await gateway.signIn('ada');
  await gateway.ask('session-list', { ticket });
});

test('so it is in the home session', async (t) => {
  const { gateway } = await startFixture(t);
  const { ticket } = await gateway.signIn('talks-at-home');
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  await gateway.events.take(
    (came) => came.event === 'home-session' && came.homeSession.state === 'open',
  );
  const { homeSession } = await gateway.ask('session-list', { ticket });
  assert.ok(homeSession.texts.length > 0);
  assert.ok(JSON.stringify(homeSession).length < MAX_FRAME / 2);
});

test('an event that does not fit costs its gateway the connection, which asks for all anew', async (t) => {
  const { gateway, broker, connect } = await fixtureOf(t);
  const endless = { event: 'revoked', tickets: ['x'.repeat(MAX_FRAME)] } as unknown as BrokerEvent;
  announce(broker, endless);
  await assert.rejects(gateway.ask('session-list', { ticket: '' }), /has closed/);
  const next = await connect();
  await next.signIn('ada');
});

async function fixtureOf(t: Parameters<typeof startFixture>[0]) {
  const fixture = await startFixture(t);
  const { gateway, broker } = fixture;
  return { gateway, broker, connect: () => fixture.connect('gateway') };
}
