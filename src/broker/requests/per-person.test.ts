/** The limits of sign-ins and sessions for one user: with their defaults, and with other values. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { BrokerSettings } from '../state/settings.ts';

async function fixtureWith(t: TestContext, settings: Partial<BrokerSettings>) {
  const fixture = await startFixture(t);
  fixture.settings = settings;
  await fixture.restart();
  return fixture;
}

for (const [settings, most] of [
  [{}, 50],
  [{ signInsPerUser: 3 }, 3],
  [{ signInsPerUser: 1 }, 1],
] as const) {
  test(`of more than ${most} sign-ins the one that was used longest ago ends`, async (t) => {
    const fixture = await fixtureWith(t, settings);
    const { gateway } = fixture;
    const signIn = async () => {
      fixture.skipMs += 61_000; // long enough that each sign-in has another `used`
      return gateway.signIn('ada');
    };
    const bob = await gateway.signIn('bob');
    const first = await signIn();
    const all = [first];
    while (all.length < most) all.push(await signIn());
    fixture.skipMs += 61_000;
    await gateway.ask('ticket-check', { ticket: first.ticket, active: true });
    all.push(await signIn());
    const gone = all.splice(most > 1 ? 1 : 0, 1)[0]!;
    await gateway.refusedAs('not-signed-in', 'ticket-check', {
      ticket: gone.ticket,
      active: false,
    });
    const event = await gateway.events.take(({ event }) => event === 'revoked');
    assert.deepEqual(event, { event: 'revoked', tickets: [gone.info.id] });
    const { signIns } = await gateway.ask('sign-in-list', { ticket: all.at(-1)!.ticket });
    assert.deepEqual(
      signIns.map(({ id }) => id),
      all.map(({ info }) => info.id),
    );
    await gateway.ask('ticket-check', { ticket: bob.ticket, active: false });
    const row = fixture.audit().find(({ event }) => event === 'sign-in-replaced');
    assert.match(row!.detail, new RegExp(`ticket ${gone.info.id}: more than ${most} sign-ins`));
  });
}

for (const [settings, most] of [
  [{ pamSessionsPerUser: 500 }, 100],
  [{ sessionsPerUser: 2 }, 2],
  [{ sessionsPerUser: 2, sessionsScope: 'user' }, 2],
] as const) {
  const scope = 'sessionsScope' in settings ? ', all in one PAM session' : '';
  test(`${most} sessions live${scope}: one more is refused in words, until one has ended`, async (t) => {
    const { gateway } = await fixtureWith(t, settings);
    const { ticket } = await gateway.signIn('ada');
    const bob = await gateway.signIn('bob');
    await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
    const start = { ticket, kind: 'terminal', origin: ORIGIN } as const;
    const first = await gateway.start(ticket);
    for (let i = 1; i < most; i++) await gateway.ask('session-start', start);
    const problem = await gateway.refused('session-start', start);
    assert.equal(problem.code, 'session-refused');
    assert.equal(
      problem.text,
      `You have ${most} sessions, which is as many as one person may have here.`,
    );
    await gateway.start(bob.ticket);
    await gateway.ask('session-end', { ticket, session: first.id });
    await gateway.sessionIn('ended', first.id);
    await gateway.start(ticket);
  });
}
