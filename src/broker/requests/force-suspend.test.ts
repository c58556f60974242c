/** force-suspend-session and force-suspend-all: whatever auth-pam-sessions-close says, nothing stays open. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { BrokerSettings } from '../state/settings.ts';

async function startWith(t: TestContext, settings: Partial<BrokerSettings>) {
  const fixture = await startFixture(t);
  fixture.settings = settings;
  await fixture.restart();
  return fixture;
}

for (const sessionsClose of ['0', '1', 'last'] as const) {
  test(`close=${sessionsClose}: kill-session ends the program, force-suspend-session closes the PAM session too`, async (t) => {
    const { gateway, cli, broker } = await startWith(t, { sessionsClose });
    const { ticket } = await gateway.signIn('ada');
    const { id: session } = await gateway.start(ticket);
    const end = await cli.ask('kill-session', { session });
    const stays = sessionsClose !== '1';
    assert.deepEqual([end.already, end.pamSession], [false, stays ? 'open' : 'closed']);
    // It has ended, and what it left is closed.
    const late = await cli.ask('force-suspend-session', { session });
    assert.deepEqual([late.already, late.pamSession], [true, 'closed']);
    const { id: other } = await gateway.start(ticket);
    const forced = await cli.ask('force-suspend-session', { session: other });
    assert.deepEqual([forced.state, forced.already, forced.pamSession], ['ended', false, 'closed']);
    assert.equal((await gateway.sessionIn('ended', other)).endedBy, 'administrator');
    assert.deepEqual(broker.pamSessions.listLive(), []);
  });
}

test('scope=user: the PAM session is closed with the last session in it', async (t) => {
  const { gateway, cli } = await startWith(t, { sessionsScope: 'user' });
  const { ticket } = await gateway.signIn('ada');
  const [one, two] = [await gateway.start(ticket), await gateway.start(ticket)];
  const first = await cli.ask('force-suspend-session', { session: one.id });
  assert.deepEqual([first.state, first.pamSession], ['ended', 'open']);
  const last = await cli.ask('force-suspend-session', { session: two.id });
  assert.deepEqual([last.state, last.pamSession], ['ended', 'closed']);
});

test('force-suspend-all ends everything, but for home sessions in which nothing runs', async (t) => {
  const fixture = await startWith(t, { sessionsClose: 'last' });
  const { gateway, cli, machine, broker } = fixture;
  const ada = await gateway.signIn('ada');
  const bob = await gateway.signIn('bob');
  await gateway.ask('home-visit', { ticket: ada.ticket, origin: ORIGIN, retry: false });
  const { id } = await gateway.start(ada.ticket);
  const leader = await machine.opening.take(({ programs }) => programs.has(id));
  leader.exit(0, id);
  await gateway.sessionIn('ended', id);
  await gateway.start(ada.ticket);
  await gateway.start(bob.ticket);
  const all = await cli.ask('force-suspend-all', {});
  assert.deepEqual(all, { sessions: 2, pamSessions: 3, left: [] });
  assert.deepEqual(
    broker.pamSessions.listLive().map(({ isHome }) => isHome),
    [true],
  );
  assert.ok(fixture.audit().some(({ event }) => event === 'force-suspend-all'));
});

test('force-suspend-all says what it could not close', async (t) => {
  const { gateway, cli } = await startFixture(t, { stepMs: { end: 20 } });
  await gateway.start((await gateway.signIn('hangs')).ticket);
  const { sessions, pamSessions, left } = await cli.ask('force-suspend-all', {});
  assert.deepEqual([sessions, pamSessions, left.map(({ state }) => state)], [1, 0, ['stuck']]);
});
