/** pam-sessions-max-per-user: home sessions and root's runs count, what is idle makes room, the rest is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrokerFixture, ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';

async function exit({ gateway, machine }: BrokerFixture, id: string): Promise<void> {
  const leader = await machine.opening.take(({ programs }) => programs.has(id));
  leader.exit(0, id);
  await gateway.sessionIn('ended', id as never);
}

for (const [settings, most] of [
  [{ sessionsPerUser: 500 }, 100],
  [{ pamSessionsPerUser: 2 }, 2],
] as const) {
  test(`${most} PAM sessions: one more closes the oldest idle one, or is refused in words`, async (t) => {
    const fixture = await startFixture(t);
    fixture.settings = { ...settings, sessionsClose: 'last' };
    await fixture.restart();
    const { gateway, broker } = fixture;
    const { ticket } = await gateway.signIn('ada');
    const start = { ticket, kind: 'terminal', origin: ORIGIN } as const;
    await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
    const first = await gateway.start(ticket);
    for (let i = 2; i < most; i++) await gateway.start(ticket);
    const { code, text } = await gateway.refused('session-start', start);
    assert.equal(code, 'session-refused');
    assert.match(text, new RegExp(`^You have ${most} PAM sessions on this machine, `));
    await gateway.start((await gateway.signIn('bob')).ticket);
    await exit(fixture, first.id);
    const oldest = fixture.broker.pamSessions.listLiveOf({ user: 'ada', uid: 61_000 } as never);
    const idle = oldest.find(({ isHome }) => !isHome)!;
    await gateway.start(ticket);
    assert.equal(broker.pamSessions.find(idle.id)?.state, 'closed');
    assert.equal(broker.pamSessions.listLiveOf(idle).length, most);
  });
}

test("root's run counts, and is not refused", async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { pamSessionsPerUser: 2 };
  await fixture.restart();
  const { gateway, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const runs = ['1', '2', '3'].map((digit) => [digit.repeat(32), digit.repeat(31)] as const);
  for (const [pamSession, digits] of runs) {
    const leader = machine.makeLeader();
    const session = `${digits}e`;
    await leader.openAs({ pamSession, session, user: 'ada', attached: 1 });
    await gateway.sessionIn('running', session as never);
  }
  await gateway.refusedAs('session-refused', 'session-start', {
    ...{ ticket, kind: 'terminal', origin: ORIGIN },
  });
  // The visit shows what there is; who asks for the home session is told why there is none.
  const visit = { ticket, origin: ORIGIN };
  const { homeSession } = await gateway.ask('home-visit', { ...visit, retry: false });
  assert.equal(homeSession.state, 'off');
  await gateway.refusedAs('session-refused', 'home-visit', { ...visit, retry: true });
});

test('one that opens waits until there is room, and fails in words if there is none', async (t) => {
  const fixture = await startFixture(t, { stepMs: { end: 60 } });
  fixture.settings = { pamSessionsPerUser: 2, sessionsClose: 'last' };
  await fixture.restart();
  const { gateway, broker } = fixture;
  const { ticket } = await gateway.signIn('hangs');
  const start = { ticket, kind: 'terminal', origin: ORIGIN } as const;
  for (let i = 0; i < 2; i++) {
    const { id } = await gateway.start(ticket);
    await exit(fixture, id);
  }
  const { session } = await gateway.ask('session-start', start);
  const { problem } = await gateway.sessionIn('failed', session.id);
  assert.equal(problem?.code, 'session-hangs');
  assert.match(
    problem?.text ?? '',
    /^Your earlier PAM sessions on this machine have not been closed/,
  );
  assert.deepEqual(
    broker.pamSessions.listLive().map(({ state }) => state),
    ['stuck', 'open'],
  );
});
