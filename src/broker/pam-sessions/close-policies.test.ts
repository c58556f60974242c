/** When the PAM session of a session is closed: auth-pam-sessions-close, pam-sessions-max-per-user, and on request. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type BrokerFixture, ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { PamSessionId } from '../../protocol/ids.ts';
import type { BrokerSettings } from '../state/settings.ts';

async function startWith(t: TestContext, settings: Partial<BrokerSettings>) {
  const fixture = await startFixture(t);
  fixture.settings = settings;
  await fixture.restart();
  const { ticket } = await fixture.gateway.signIn('ada');
  return { fixture, ticket };
}

/** The PAM sessions that are open: how many sessions run in each. */
async function listOpen({ cli }: BrokerFixture): Promise<readonly (readonly [string, number])[]> {
  const { pamSessions } = await cli.ask('pam-sessions', {});
  return pamSessions.map(({ label, sessions }) => [label, sessions.length] as const);
}

/** The program ends by itself, and the broker has noted it. */
async function exit({ gateway, machine }: BrokerFixture, id: string): Promise<void> {
  const leader = await machine.opening.take(({ programs }) => programs.has(id));
  leader.exit(0, id);
  await gateway.sessionIn('ended', id as never);
}

async function untilClosed({ broker }: BrokerFixture, left: number): Promise<void> {
  for (let i = 0; broker.pamSessions.listLive().length > left; i++) {
    if (i === 500) throw new Error(`wanted ${left} PAM sessions to be left`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

function idsOf({ broker }: BrokerFixture): PamSessionId[] {
  return broker.pamSessions.listLive().map(({ id }) => id);
}

for (const [value, stays] of [
  ['0', true],
  ['1', false],
  ['last', true],
] as const) {
  test(`close=${value}: after its program has ended it ${stays ? 'stays open' : 'is closed'}`, async (t) => {
    const { fixture, ticket } = await startWith(t, { sessionsClose: value });
    const { gateway } = fixture;
    const { id } = await gateway.start(ticket);
    await exit(fixture, id);
    if (!stays) await untilClosed(fixture, 0);
    assert.deepEqual(await listOpen(fixture), stays ? [['Terminal 1', 0]] : []);
    const { pamSessions } = await gateway.ask('session-list', { ticket });
    const shown = pamSessions.map(({ name, closing, stuck }) => [name, closing, stuck]);
    assert.deepEqual(shown, stays ? [['Terminal 1', false, null]] : []);
    const { idle } = await fixture.cli.ask('active-sessions', {});
    assert.equal(idle, stays ? 1 : 0);
  });

  test(`close=${value}: signed out before its program ends`, async (t) => {
    const { fixture, ticket } = await startWith(t, { sessionsClose: value });
    const { id } = await fixture.gateway.start(ticket);
    await fixture.gateway.ask('sign-out', { ticket });
    assert.deepEqual(await listOpen(fixture), [['Terminal 1', 1]]);
    await exit(fixture, id);
    await untilClosed(fixture, value === '0' ? 1 : 0);
    assert.equal(idsOf(fixture).length, value === '0' ? 1 : 0);
  });
}

test('close=0: a new one that is open replaces those in which nothing runs, and no others', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const { gateway } = fixture;
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  const one = await gateway.start(ticket);
  await gateway.start(ticket);
  const bob = await gateway.signIn('bob');
  await exit(fixture, (await gateway.start(bob.ticket)).id);
  await exit(fixture, one.id);
  assert.deepEqual((await listOpen(fixture)).length, 4);
  await gateway.start(ticket);
  await untilClosed(fixture, 4);
  const left = (await listOpen(fixture)).map((row) => row.join(' '));
  // Home, the session that runs, bob's, and the new one, whose name is free again.
  assert.deepEqual(left.toSorted(), [' 0', 'Terminal 1 0', 'Terminal 1 1', 'Terminal 2 1']);
});

test('close=0: one that does not open replaces nothing', async (t) => {
  const { fixture } = await startWith(t, {});
  const { gateway, machine } = fixture;
  const { ticket } = await gateway.signIn('slow');
  const ask = { ticket, kind: 'terminal', origin: ORIGIN } as const;
  const first = (await gateway.ask('session-start', ask)).session;
  const leader = await machine.opening.take(({ terminal }) => terminal === first.id);
  await leader.finishOpening();
  await gateway.sessionIn('running', first.id);
  leader.exit(0);
  await gateway.sessionIn('ended', first.id);
  const { session } = await gateway.ask('session-start', ask);
  const other = await machine.opening.take(({ terminal }) => terminal === session.id);
  other.fail('session', 6, 'no');
  await gateway.sessionIn('failed', session.id);
  assert.deepEqual(await listOpen(fixture), [['Terminal 1', 0]]);
});

test('a program that does not start leaves nothing open', async (t) => {
  const { fixture } = await startWith(t, {});
  const { ticket } = await fixture.gateway.signIn('nospawn');
  const ask = { ticket, kind: 'terminal', origin: ORIGIN } as const;
  const { session } = await fixture.gateway.ask('session-start', ask);
  await fixture.gateway.sessionIn('failed', session.id);
  assert.deepEqual(await listOpen(fixture), []);
});

test('close=last: while another session runs or the user is signed in, all stay; then none', async (t) => {
  const { fixture, ticket } = await startWith(t, { sessionsClose: 'last' });
  const { gateway } = fixture;
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  const [one, two] = [await gateway.start(ticket), await gateway.start(ticket)];
  await exit(fixture, one.id);
  const { id: third } = await gateway.start(ticket);
  assert.equal(idsOf(fixture).length, 4, 'it is not replaced');
  await gateway.ask('sign-out', { ticket });
  await exit(fixture, third);
  assert.equal(idsOf(fixture).length, 4);
  await exit(fixture, two.id);
  await untilClosed(fixture, 0);
});

test('close=last: the last sign-in ends while nothing runs any more, even between two brokers', async (t) => {
  const { fixture, ticket } = await startWith(t, { sessionsClose: 'last' });
  const { id } = await fixture.gateway.start(ticket);
  await exit(fixture, id);
  await fixture.restart();
  assert.deepEqual(await listOpen(fixture), [['Terminal 1', 0]]);
  await fixture.gateway.ask('sign-out', { ticket });
  await untilClosed(fixture, 0);
});

test('a program that ends while there is no broker: its PAM session is found, and shown', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take(({ programs }) => programs.has(id));
  await fixture.restart(() => leader.exit(0, id));
  assert.deepEqual(await listOpen(fixture), [['Terminal 1', 0]]);
  const { pamSessions } = await fixture.gateway.ask('session-list', { ticket });
  assert.equal(pamSessions.length, 1);
});

test('another value after a restart counts for what is open already', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const [one, two] = [await fixture.gateway.start(ticket), await fixture.gateway.start(ticket)];
  await exit(fixture, one.id);
  fixture.settings = { sessionsClose: '1' };
  await fixture.restart();
  await exit(fixture, two.id);
  await untilClosed(fixture, 0);
});

test('without PAM sessions there is nothing to keep open', async (t) => {
  const { fixture, ticket } = await startWith(t, { sessionsEnabled: false });
  await exit(fixture, (await fixture.gateway.start(ticket)).id);
  await untilClosed(fixture, 0);
});

test('scope=user: the home session is not concerned', async (t) => {
  const { fixture, ticket } = await startWith(t, { sessionsScope: 'user', sessionsClose: '1' });
  const { id } = await fixture.gateway.start(ticket);
  await fixture.gateway.ask('session-end', { ticket, session: id });
  await fixture.gateway.sessionIn('ended', id);
  assert.deepEqual(await listOpen(fixture), [['', 0]]);
  const { pamSessions } = await fixture.gateway.ask('session-list', { ticket });
  assert.deepEqual(pamSessions, []);
});

test('its user closes it from a page: every page hears, another user finds nothing', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const { gateway } = fixture;
  const other = await fixture.connect('gateway');
  const { id } = await gateway.start(ticket);
  const [pamSession] = idsOf(fixture) as [PamSessionId];
  const refusal = await gateway.refused('pam-session-close', { ticket, pamSession });
  assert.equal(refusal.code, 'session-refused');
  assert.match(refusal.text, /^Programs run in this PAM session/);
  await exit(fixture, id);
  for (const page of [gateway, other])
    await page.events.take(
      (came) => came.event === 'pam-sessions' && came.pamSessions.length === 1,
    );
  const bob = await gateway.signIn('bob');
  await gateway.refusedAs('session-not-found', 'pam-session-close', {
    ...{ ticket: bob.ticket, pamSession },
  });
  const none = 'f'.repeat(32);
  await gateway.refusedAs('session-not-found', 'pam-session-close', { ticket, pamSession: none });
  for (const bad of ['', '..', 'F'.repeat(32), 7, null])
    await gateway.refusedAs('bad-request', 'pam-session-close', { ticket, pamSession: bad });
  await gateway.refusedAs('not-signed-in', 'pam-session-close', { ticket: 'x', pamSession });
  await gateway.ask('pam-session-close', { ticket, pamSession });
  for (const page of [gateway, other])
    await page.events.take(
      (came) => came.event === 'pam-sessions' && came.pamSessions.length === 0,
    );
  // A second page was slower.
  await gateway.ask('pam-session-close', { ticket, pamSession });
  const [row] = fixture.audit().filter(({ event }) => event === 'close-pam-session');
  assert.deepEqual([row?.user, row?.session], ['ada', pamSession]);
});

test('a home session is not closed from a page', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  await fixture.gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  const [pamSession] = idsOf(fixture) as [PamSessionId];
  const { code, text } = await fixture.gateway.refused('pam-session-close', { ticket, pamSession });
  assert.deepEqual([code, /kept for your sign-in/.test(text)], ['session-refused', true]);
});

test('one that does not close is shown as stuck, with what it waits for', async (t) => {
  const fixture = await startFixture(t, { stepMs: { end: 20 } });
  const { gateway, machine } = fixture;
  const { ticket } = await gateway.signIn('hangs');
  const { id } = await gateway.start(ticket);
  const leader = await machine.opening.take(({ programs }) => programs.has(id));
  leader.exit(0, id);
  await gateway.sessionIn('ended', id);
  const [pamSession] = idsOf(fixture) as [PamSessionId];
  await gateway.ask('pam-session-close', { ticket, pamSession });
  const isStuck = ({ stuck }: { readonly stuck: string | null }) => stuck !== null;
  await gateway.events.take(
    (came) => came.event === 'pam-sessions' && came.pamSessions.some(isStuck),
  );
});

test('a rename before the end is the name that is shown after it', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const { id } = await fixture.gateway.start(ticket);
  await fixture.gateway.ask('session-rename', { ticket, session: id, name: 'Build' });
  await exit(fixture, id);
  assert.deepEqual(await listOpen(fixture), [['Build', 0]]);
});

test('the leader of an idle one dies: it is unclean, and on no list', async (t) => {
  const { fixture, ticket } = await startWith(t, {});
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take(({ programs }) => programs.has(id));
  leader.exit(0, id);
  await fixture.gateway.sessionIn('ended', id);
  leader.die();
  await untilClosed(fixture, 0);
  const { pamSessions } = await fixture.cli.ask('pam-sessions', { ended: true });
  assert.deepEqual(
    pamSessions.map(({ state }) => state),
    ['unclean'],
  );
  assert.deepEqual((await fixture.gateway.ask('session-list', { ticket })).pamSessions, []);
});

test('a lost database: an idle PAM session is known by its label, and is no home session', async (t) => {
  const fixture = await startFixture(t);
  const leader = fixture.machine.makeLeader();
  const pamSession = 'e'.repeat(32);
  await leader.openAs({ pamSession, user: 'ada', closePolicy: 'asked', label: 'Build' });
  const isThere = ({ id }: { readonly id: string }) => id === pamSession;
  await fixture.gateway.events.take(
    (came) => came.event === 'pam-sessions' && came.pamSessions.some(isThere),
  );
  const [row] = (await fixture.cli.ask('pam-sessions', {})).pamSessions;
  assert.deepEqual([row?.home, row?.label], [false, 'Build']);
});
