/** A kind that only this test has, without a terminal: a new kind is only data, and its sessions need no other code. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { Kind } from '../../kinds/kind.ts';
import { KINDS } from '../../kinds/kinds.ts';
import { terminal } from '../../kinds/terminal.ts';

const JOB: Kind = { ...terminal, name: 'job', title: 'Job', pty: false };

async function fixtureWithJobs(t: TestContext) {
  const fixture = await startFixture(t);
  fixture.kinds = [...KINDS, JOB];
  await fixture.restart();
  return fixture;
}

test('a session of a second kind is named by it, has no terminal, and is entered again after a restart', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id, name, kindTitle } = await fixture.gateway.start(ticket, 'job');
  assert.deepEqual([name, kindTitle], ['Job 1', 'Job']);
  const leader = await fixture.machine.opening.take();
  const open = await leader.received.take((message) => message.name === 'open');
  const spawn = await leader.received.take((message) => message.name === 'spawn');
  assert.ok(open.name === 'open' && spawn.name === 'spawn');
  assert.deepEqual([open.terminal, spawn.pty], ['', 0]);
  const pass = await fixture.gateway.pass(ticket, id);
  const before = await fixture.gateway.ask('session-dial', { pass, session: id });
  await fixture.restart();
  const after = await fixture.gateway.ask('session-dial', { pass, session: id });
  assert.notEqual(after.key, before.key);
});

test('while it runs its person’s home session stays open, signed in or not', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { gateway, cli, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  await gateway.events.take(
    (came) => came.event === 'home-session' && came.homeSession.state === 'open',
  );
  const home = await machine.opening.take();
  const { id } = await gateway.start(ticket, 'job');
  const leader = await machine.opening.take();
  await gateway.ask('sign-out', { ticket });
  const { pamSessions } = await cli.ask('pam-sessions', {});
  assert.deepEqual(
    pamSessions.map(({ state }) => state),
    ['open', 'open'],
  );
  assert.ok(!home.received.all.some(({ name }) => name === 'close'));
  leader.exit(0, id);
  await home.received.take(({ name }) => name === 'close');
});

test('its leader dies: it is unclean', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket, 'job');
  (await fixture.machine.opening.take()).die();
  const { problem } = await fixture.gateway.sessionIn('unclean', id);
  assert.equal(problem?.code, 'session-lost');
  const { pamSessions } = await fixture.cli.ask('pam-sessions', { ended: true });
  assert.equal(pamSessions[0]?.state, 'unclean');
});

test('one whose kind is not configured any more goes on, listed, until it ends', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket, 'job');
  fixture.kinds = KINDS;
  await fixture.restart();
  const { sessions } = await fixture.gateway.ask('session-list', { ticket });
  assert.deepEqual([sessions[0]?.kindTitle, sessions[0]?.talk], ['job', null]);
  const start = { ticket, kind: 'job', origin: ORIGIN };
  await fixture.gateway.refusedAs('bad-request', 'session-start', start);
  await fixture.gateway.ask('session-end', { ticket, session: id });
  await fixture.gateway.sessionIn('ended', id);
});

test('one whose kind is not configured any more keeps its person’s home session open', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  await fixture.gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  const home = await fixture.machine.opening.take();
  const { id } = await fixture.gateway.start(ticket, 'job');
  fixture.kinds = KINDS;
  await fixture.restart();
  await fixture.gateway.ask('sign-out', { ticket });
  const { pamSessions } = await fixture.cli.ask('pam-sessions', {});
  assert.deepEqual(
    pamSessions.map(({ state }) => state),
    ['open', 'open'],
  );
  assert.ok(!home.received.all.some(({ name }) => name === 'close'));
  await fixture.cli.ask('kill-session', { session: id });
  await home.received.take(({ name }) => name === 'close');
});

test('one whose kind is not configured any more is not root’s: its start goes on', async (t) => {
  const fixture = await fixtureWithJobs(t);
  const { ticket } = await fixture.gateway.signIn('slow');
  const start = { ticket, kind: 'job', origin: ORIGIN };
  const { session } = await fixture.gateway.ask('session-start', start);
  const leader = await fixture.machine.opening.take();
  fixture.kinds = KINDS;
  await fixture.restart(() => {
    leader.programs.set(session.id, { state: 'ready', status: 0 });
    return leader.openAs({ pamSession: leader.pamSession, user: 'slow' });
  });
  await leader.received.take(({ name }) => name === 'spawn');
});
