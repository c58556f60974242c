/** The end of a PAM session begins while its leader is not connected: the leader is told when it is found. */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { PamSessionId } from '../../protocol/ids.ts';

/** A user with a PAM session whose program has ended. start: begins one more, which opens when the test says so. */
async function startIdle(t: TestContext) {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  // A process that is alive: a leader whose socket is gone is not taken for dead.
  machine.pid = process.pid;
  const { ticket } = await gateway.signIn('slow');
  const start = async () => {
    const ask = { ticket, kind: 'terminal', origin: ORIGIN } as const;
    const { id } = (await gateway.ask('session-start', ask)).session;
    return { id, leader: await machine.opening.take(({ terminal }) => terminal === id) };
  };
  const { id, leader } = await start();
  await leader.finishOpening();
  await gateway.sessionIn('running', id);
  leader.exit(0, id);
  await gateway.sessionIn('ended', id);
  return { fixture, ticket, leader, start };
}

test('one that is replaced before its leader is found is closed', async (t) => {
  const { fixture, leader: old, start } = await startIdle(t);
  const { leader: newer } = await start();
  const found = Promise.withResolvers<void>();
  old.greetsAfter = found.promise;
  const restarted = fixture.restart(() =>
    newer.openAs({ pamSession: newer.pamSession, user: 'slow', closePolicy: 'asked' }),
  );
  // It is open for the new broker, so the old one has been replaced.
  await newer.received.take(({ name }) => name === 'spawn');
  found.resolve();
  await old.received.take(({ name }) => name === 'close');
  await restarted;
});

test('one that its user closes while its leader cannot be reached is closed', async (t) => {
  const { fixture, ticket, leader } = await startIdle(t);
  const pamSession = leader.pamSession as PamSessionId;
  const path = join(fixture.broker.paths.leaders, pamSession);
  await fixture.restart(() => renameSync(path, `${path}.away`));
  const state = () => fixture.broker.pamSessions.find(pamSession)?.state;
  assert.equal(state(), 'stuck');
  const asked = fixture.gateway.ask('pam-session-close', { ticket, pamSession });
  await fixture.gateway.events.take(
    (came) => came.event === 'pam-sessions' && came.pamSessions.some(({ closing }) => closing),
  );
  renameSync(`${path}.away`, path);
  await leader.received.take(({ name }) => name === 'close');
  await asked;
});
