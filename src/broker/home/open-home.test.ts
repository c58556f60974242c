/** Sessions that run in the home session of their user. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';

/** With an open home session whose leader the broker has lost and searches for. */
async function loseHome(t: TestContext) {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { gateway, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  await gateway.events.take((came) => came.event === 'home-session' && isOpen(came));
  const home = await machine.opening.take();
  const isHello = ({ name }: { readonly name: string }) => name === 'hello';
  await home.received.take(isHello);
  home.silent = true;
  home.dropConnections();
  await home.received.take(isHello);
  const ask = { ticket, kind: 'terminal', origin: ORIGIN } as const;
  const { session } = await gateway.ask('session-start', ask);
  return { gateway, machine, home, id: session.id };
}

function isOpen({ homeSession }: { readonly homeSession: { readonly state: string } }): boolean {
  return homeSession.state === 'open';
}

test('a session waits for a home session whose leader is being looked for', async (t) => {
  const { gateway, home, id } = await loseHome(t);
  home.silent = false;
  home.dropConnections();
  await gateway.sessionIn('running', id);
  assert.ok(home.programs.has(id));
});

test('it starts in a new one when that leader is gone', async (t) => {
  const { gateway, machine, home, id } = await loseHome(t);
  home.die();
  await gateway.sessionIn('running', id);
  assert.ok((await machine.opening.take()).programs.has(id));
});

test('one whose home sessions do not close gets two of them, however often they come back', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, broker } = fixture;
  for (let i = 0; i < 4; i++) {
    const { ticket } = await gateway.signIn('hangs');
    await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
    if (i < 2) await gateway.events.take((came) => came.event === 'home-session' && isOpen(came));
    await gateway.ask('sign-out', { ticket });
  }
  const live = broker.pamSessions.listLive();
  assert.deepEqual(
    live.map(({ isHome, state }) => [isHome, state]),
    [
      [true, 'closing'],
      [true, 'closing'],
    ],
  );
});

test('where home sessions are needed, their not closing is the reason of a start that fails', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { gateway } = fixture;
  for (let i = 0; i < 2; i++) {
    const { ticket } = await gateway.signIn('hangs');
    await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
    await gateway.events.take((came) => came.event === 'home-session' && isOpen(came));
    await gateway.ask('sign-out', { ticket });
  }
  const { ticket } = await gateway.signIn('hangs');
  const { session } = await gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: ORIGIN,
  });
  const { problem } = await gateway.sessionIn('failed', session.id);
  assert.deepEqual(
    [problem?.code, problem?.text],
    ['session-hangs', 'Your earlier PAM sessions on this machine have not been closed yet.'],
  );
});
