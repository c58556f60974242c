import assert from 'node:assert/strict';
import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';

const RUN = '1'.repeat(32) as SessionId;
const PAM = '2'.repeat(32);

test('a restarted broker adopts what runs, under a new key, and passes still open it', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id: session } = await fixture.gateway.start(ticket);
  const pass = await fixture.gateway.pass(ticket, session);
  const before = await fixture.gateway.ask('session-dial', { pass, session });
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === session);
  await fixture.restart();
  const { size } = statSync(`${fixture.broker.paths.database}-wal`);
  assert.equal(size, 0, 'what is known is not written again');
  const after = await fixture.gateway.ask('session-dial', { pass, session });
  assert.notEqual(after.key, before.key);
  const rotate = await leader.received.take(({ name }) => name === 'rotate');
  assert.ok(rotate.name === 'rotate');
  assert.equal(Buffer.from(rotate.key).toString('base64'), after.key);
  assert.equal(rotate.drop, 0, 'who looks at it need not join again');
  await fixture.gateway.ask('session-end', { ticket, session });
  await fixture.gateway.sessionIn('ended');
});

test('an exit while the broker was away is learnt from the leader that waited', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === id);
  const gone = leader.alone();
  await fixture.restart(async () => {
    await gone;
    leader.exit(5 << 8);
  });
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  assert.deepEqual([view?.state, view?.exitStatus], ['ended', 5]);
  // Only now may the leader exit.
  await leader.received.take(({ name }) => name === 'noted');
});

test('a leader that died while the broker was away leaves its session unclean', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === id);
  await fixture.restart(() => leader.die());
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  assert.deepEqual([view?.state, view?.exitStatus], ['unclean', null]);
});

test('a socket that nobody listens on is tried for a while, and nobody waits for that', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === id);
  const path = join(fixture.broker.paths.leaders, leader.pamSession);
  await fixture.restart(() => {
    leader.die();
    writeFileSync(path, '');
  });
  // Usually the answer comes before the broker has given up; on a slow machine the session is already unclean.
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  const { problem } = view?.state === 'unclean' ? view : await fixture.gateway.sessionIn('unclean');
  assert.equal(problem?.code, 'session-lost');
});

test('a session that was still opening when the broker ended has failed', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('slow');
  await fixture.gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: { address: '', userAgent: '' },
  });
  await fixture.gateway.sessionIn('starting');
  await fixture.machine.opening.take();
  await fixture.restart();
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  assert.equal(view?.state, 'failed');
});

test('an open session without a program gets its program after all', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('slow');
  const { session } = await fixture.gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: { address: '', userAgent: '' },
  });
  await fixture.gateway.sessionIn('starting');
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === session.id);
  await fixture.restart(() => leader.openAs({ pamSession: leader.pamSession, user: 'slow' }));
  await leader.received.take(({ name }) => name === 'spawn');
  const sessions = await fixture.gateway.ask('session-list', { ticket });
  const view = sessions.sessions[0]!;
  if (view.state !== 'running') await fixture.gateway.sessionIn('running');
});

test('a late start is by a sign-in that lasts, be it an older one', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  const { ticket } = await gateway.signIn('slow');
  const [grant] = machine.grants;
  fixture.skipMs += 60_000;
  await gateway.signIn('slow');
  fixture.skipMs += 40 * 60_000;
  await gateway.ask('ticket-check', { ticket, active: true });
  const start = { ticket, kind: 'terminal', origin: { address: '', userAgent: '' } };
  await gateway.ask('session-start', start);
  const leader = await machine.opening.take();
  fixture.skipMs += 40 * 60_000;
  await fixture.restart(() => leader.openAs({ pamSession: leader.pamSession, user: 'slow' }));
  const spawn = await leader.received.take(({ name }) => name === 'spawn');
  assert.ok(spawn.name === 'spawn');
  assert.equal(Buffer.from(spawn.grant).toString('hex'), grant);
});

test('a lost connection is made again while the session runs', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === id);
  leader.dropConnections();
  await leader.received.take(({ name }) => name === 'rotate');
  await fixture.gateway.ask('session-end', { ticket, session: id });
  await fixture.gateway.sessionIn('ended');
});

test('a leader that dies under the broker leaves its session unclean', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  (await fixture.machine.opening.take((leader) => leader.terminal === id)).die();
  const { problem } = await fixture.gateway.sessionIn('unclean');
  assert.equal(problem?.code, 'session-lost');
});

test('a leader whose socket is gone while it lives is stuck, says so, and is found when it listens again', async (t) => {
  const fixture = await startFixture(t, { stepMs: { end: 20 } });
  const { ticket } = await fixture.gateway.signIn('ada');
  fixture.machine.pid = process.pid;
  const { id } = await fixture.gateway.start(ticket);
  const leader = await fixture.machine.opening.take((leader) => leader.terminal === id);
  const path = join(fixture.broker.paths.leaders, leader.pamSession);
  await fixture.restart(() => renameSync(path, `${path}.away`));
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  assert.equal(view?.state, 'stuck');
  assert.match(view?.stuck ?? '', /^It still runs, but cannot be reached: its leader, process \d+/);
  const { text } = await fixture.cli.refused('kill-session', { session: id });
  assert.match(text, /^The session is stuck\. It still runs/);
  renameSync(`${path}.away`, path);
  await leader.received.take(({ name }) => name === 'end');
  await fixture.gateway.sessionIn('ended');
});

test("root's run is listed from its start to its end, and nobody gets a key to it", async (t) => {
  const fixture = await startFixture(t);
  const { gateway, cli, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const leader = machine.makeLeader();
  await leader.openAs({ pamSession: PAM, session: RUN, user: 'ada', attached: 1 });
  const view = await gateway.sessionIn('running');
  assert.deepEqual([view.id, view.kind, view.name], [RUN, 'run', 'run of ada']);
  const pass = await gateway.pass(ticket, RUN);
  await gateway.refusedAs('session-not-running', 'session-dial', { pass, session: RUN });
  await gateway.ask('sign-out', { ticket });
  assert.ok(!leader.received.all.some(({ name }) => name === 'rotate'));
  assert.equal((await cli.ask('active-sessions', {})).sessions[0]?.origin, 'cli');
  leader.exit(0);
  assert.equal((await gateway.sessionIn('ended')).exitStatus, 0);
});

test("the program of root's run is learnt when its leader says that it runs", async (t) => {
  const { gateway, cli, machine } = await startFixture(t);
  const leader = machine.makeLeader();
  await leader.openAs({ pamSession: PAM, user: 'ada', attached: 1 });
  await leader.received.take(({ name }) => name === 'hello');
  leader.spawn(RUN);
  const { id, kind } = await gateway.sessionIn('running');
  assert.deepEqual([id, kind], [RUN, 'run']);
  assert.equal((await cli.ask('active-sessions', {})).sessions[0]?.pid, 4242);
});

test("root's run whose terminal is made and whose program is not there yet is root's to go on with", async (t) => {
  const { gateway, cli, machine } = await startFixture(t);
  const leader = machine.makeLeader();
  leader.programs.set(RUN, { state: 'ready', status: 0 });
  await leader.openAs({ pamSession: PAM, user: 'ada', attached: 1 });
  await gateway.sessionIn('starting', RUN);
  leader.spawn(RUN);
  await gateway.sessionIn('running', RUN);
  leader.exit(0, RUN);
  const { exitStatus } = await gateway.sessionIn('ended', RUN);
  assert.equal(exitStatus, 0);
  const told = leader.received.all.map(({ name }) => name);
  assert.ok(!told.includes('end') && !told.includes('close') && !told.includes('spawn'));
  assert.deepEqual((await cli.ask('active-sessions', {})).sessions, []);
});

test("root's run that was there before the broker is adopted", async (t) => {
  const fixture = await startFixture(t);
  const leader = fixture.machine.makeLeader();
  await fixture.restart(() =>
    leader.openAs({ pamSession: PAM, session: RUN, user: 'ada', attached: 1 }),
  );
  const [active] = (await fixture.cli.ask('active-sessions', {})).sessions;
  assert.deepEqual([active?.id, active?.pid, active?.state], [RUN, 4242, 'running']);
});

test('a session that no row knows goes on: its person can enter and end it', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const leader = fixture.machine.makeLeader();
  await leader.openAs({ pamSession: PAM, session: RUN, user: 'ada' });
  await leader.received.take(({ name }) => name === 'rotate');
  const pass = await fixture.gateway.pass(ticket, RUN);
  await fixture.gateway.ask('session-dial', { pass, session: RUN });
  assert.equal(fixture.broker.sessions.find(RUN)?.kind, 'terminal');
  await fixture.gateway.ask('session-end', { ticket, session: RUN });
  await fixture.gateway.sessionIn('ended');
});

test('a leader that says it is another session is not believed', async (t) => {
  const fixture = await startFixture(t);
  const leader = fixture.machine.makeLeader();
  await leader.openAs({ pamSession: PAM, session: RUN, user: 'ada', listenAs: '3'.repeat(32) });
  await leader.received.take(({ name }) => name === 'hello');
  await leader.alone();
  assert.equal(fixture.broker.sessions.countLive(), 0);
  assert.equal(fixture.broker.pamSessions.countLive().pamSessions, 0);
});

test('a session that waited for its home session has failed when the broker is another', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { ticket } = await fixture.gateway.signIn('slow');
  const start = { ticket, kind: 'terminal', origin: { address: '', userAgent: '' } };
  const { session: waiting } = await fixture.gateway.ask('session-start', start);
  const { session: ended } = await fixture.gateway.ask('session-start', start);
  await fixture.gateway.ask('session-end', { ticket, session: ended.id });
  await fixture.machine.opening.take();
  await fixture.restart();
  const { sessions } = await fixture.gateway.ask('session-list', { ticket });
  const found = new Map(sessions.map((view) => [view.id, view]));
  assert.equal(found.get(waiting.id)?.state, 'failed');
  assert.equal(found.get(waiting.id)?.problem?.code, 'session-failed');
  assert.equal(found.get(ended.id)?.state, 'ended', 'who ended it has what they wanted');
  assert.equal(fixture.broker.sessions.countLive(), 0);
});

test('a session that was being ended, and whose program has exited, does not stay so for ever', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { ticket } = await fixture.gateway.signIn('hangs');
  const { id } = await fixture.gateway.start(ticket);
  await fixture.gateway.ask('session-end', { ticket, session: id });
  const leader = await fixture.machine.opening.take();
  fixture.stepMs = { end: 20 };
  await fixture.restart(() => void leader.programs.set(id, { state: 'exited', status: 3 << 8 }));
  const [view] = (await fixture.gateway.ask('session-list', { ticket })).sessions;
  assert.deepEqual([view?.endedBy, view?.exitStatus], ['user', 3]);
  if (view?.state !== 'stuck') await fixture.gateway.sessionIn('stuck', id);
  leader.exit(3 << 8, id);
  await fixture.gateway.sessionIn('ended', id);
});

test('a program of root that does not start is none of the broker, and no surprise', async (t) => {
  const warning = t.mock.method(log, 'warning');
  const { gateway, broker, machine } = await startFixture(t);
  const leader = machine.makeLeader();
  await leader.openAs({ pamSession: PAM, user: 'ada', attached: 1 });
  await leader.received.take(({ name }) => name === 'hello');
  leader.failed('3'.repeat(32), 'execute', 2, 'no such file: /bin/gone');
  leader.spawn(RUN);
  await gateway.sessionIn('running', RUN);
  assert.equal(broker.sessions.countLive(), 1);
  assert.ok(!warning.mock.calls.some(({ arguments: [event] }) => event === 'leader-surprise'));
});

test('a program that was being started when the database was lost has failed if it fails', async (t) => {
  const { gateway, machine, broker } = await startFixture(t);
  mkdirSync(join(broker.paths.sessions, RUN), { recursive: true });
  const leader = machine.makeLeader();
  leader.programs.set(RUN, { state: 'starting', status: 0 });
  await leader.openAs({ pamSession: PAM, user: 'ada' });
  await gateway.sessionIn('starting', RUN);
  leader.failed(RUN, 'execute', 2, 'no such file: /bin/gone');
  const { problem } = await gateway.sessionIn('failed', RUN);
  assert.equal(problem?.code, 'session-program');
});
