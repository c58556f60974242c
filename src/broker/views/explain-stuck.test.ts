/** A running session whose socket is gone is cut off. If it is over or being ended, that is the reason instead. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';
import { terminal } from '../../kinds/terminal.ts';
import { explainStuck } from './explain-stuck.ts';

const CUT_OFF = terminal.words.cutOff;
const NOT_CLOSED = 'PAM does not close it: see the log of its leader.';

async function startCutOff(t: TestContext) {
  const fixture = await startFixture(t, { stepMs: { end: 20 } });
  const { ticket } = await fixture.gateway.signIn('hangs');
  const { id } = await fixture.gateway.start(ticket);
  rmSync(join(fixture.broker.paths.sessions, id), { recursive: true });
  return { ...fixture, broker: fixture.broker, ticket, id };
}

test('nobody has ended it, and it runs: it is cut off', async (t) => {
  const { broker, id } = await startCutOff(t);
  assert.equal(explainStuck(broker, broker.sessions.find(id)!), CUT_OFF);
});

test('it was ended with its PAM session, and its leader does not get on', async (t) => {
  const { broker, gateway, ticket, id } = await startCutOff(t);
  await gateway.ask('session-end', { ticket, session: id });
  const { stuck } = await gateway.sessionIn('stuck', id);
  assert.equal(stuck, NOT_CLOSED);
  assert.ok(broker.unwanted.has(id));
});

test('its program has exited: nothing runs that could be reached', async (t) => {
  const { broker, id } = await startCutOff(t);
  const row = broker.sessions.find(id)!;
  assert.equal(explainStuck(broker, { ...row, state: 'stuck', exitStatus: 0 }), NOT_CLOSED);
});

test('a broker that has started anew does not say that what its person ended runs on', async (t) => {
  const { broker, id } = await startCutOff(t);
  const row = broker.sessions.find(id)!;
  assert.equal(explainStuck(broker, { ...row, state: 'stuck', endedBy: 'user' }), NOT_CLOSED);
});
