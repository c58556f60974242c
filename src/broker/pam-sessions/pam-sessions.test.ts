/** PAM sessions have rows of their own: home sessions without a program, and sessions in both kinds of PAM sessions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrokerFixture, ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';

const visit = (ticket: string) => ({ ticket, origin: ORIGIN, retry: false });

async function openHome({ gateway, cli }: BrokerFixture, ticket: string) {
  await gateway.ask('home-visit', visit(ticket));
  await gateway.events.take(
    (came) => came.event === 'home-session' && came.homeSession.state === 'open',
  );
  const { pamSessions } = await cli.ask('pam-sessions', {});
  return pamSessions.find(({ home }) => home)!;
}

test('a home session is a PAM session without a program, and no session', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, cli, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const home = await openHome(fixture, ticket);
  assert.deepEqual(
    [home.user, home.state, home.close, home.place, home.profile, home.sessions],
    ['ada', 'open', 'asked', 'local', 'su', []],
  );
  assert.deepEqual((await gateway.ask('session-list', { ticket })).sessions, []);
  assert.deepEqual((await cli.ask('active-sessions', {})).sessions, []);
  const { sessions, pamSessions, homeSessions } = await cli.ask('status', {});
  assert.deepEqual([sessions, pamSessions, homeSessions], [0, 1, 1]);
  const leader = await machine.opening.take();
  const open = await leader.received.take(({ name }) => name === 'open');
  assert.ok(open.name === 'open');
  assert.deepEqual([open.pamSession, open.terminal], [home.id, '']);
});

test('a session has an id of its own, and refers to the PAM session that is closed with it', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsClose: '1' };
  await fixture.restart();
  const { gateway, cli } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const home = await openHome(fixture, ticket);
  const { id } = await gateway.start(ticket);
  const { pamSessions } = await cli.ask('pam-sessions', {});
  const own = pamSessions.find(({ sessions }) => sessions.includes(id))!;
  assert.deepEqual([own.home, own.close, own.state], [false, 'last-program', 'open']);
  assert.notEqual(own.id as string, id);
  assert.equal((await cli.ask('active-sessions', {})).sessions[0]?.pamSession, own.id);
  await cli.ask('kill-session', { session: id });
  const left = await cli.ask('pam-sessions', {});
  assert.deepEqual(
    left.pamSessions.map((row) => row.id),
    [home.id],
  );
  const states = fixture.audit().filter(({ session }) => session === own.id);
  assert.deepEqual(
    states.map(({ event }) => event),
    ['opening', 'open', 'closing', 'closed'].map((state) => `pam-session-${state}`),
  );
});

test('root closes a home session: what runs in it is ended by an administrator', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { gateway, cli } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const home = await openHome(fixture, ticket);
  const ids = [(await gateway.start(ticket)).id, (await gateway.start(ticket)).id];
  const { pamSessions } = await cli.ask('pam-sessions', {});
  assert.deepEqual(
    pamSessions.map(({ id, sessions }) => [id, [...sessions].sort()]),
    [[home.id, ids.toSorted()]],
  );
  // One of them ends, and the PAM session stays.
  const killed = await cli.ask('kill-session', { session: ids[0]! });
  assert.deepEqual([killed.already, killed.pamSession], [false, 'open']);
  const end = await cli.ask('close-pam-session', { pamSession: home.id });
  assert.deepEqual([end.state, end.already], ['closed', false]);
  await gateway.events.take(
    (came) => came.event === 'home-session' && came.homeSession.state === 'closed',
  );
  const { sessions, homeSession } = await gateway.ask('session-list', { ticket });
  assert.equal(homeSession.state, 'closed');
  assert.deepEqual(
    sessions.map(({ state, endedBy }) => [state, endedBy]),
    ids.map(() => ['ended', 'administrator']),
  );
  assert.deepEqual((await cli.ask('pam-sessions', {})).pamSessions, []);
  const { pamSessions: ended } = await cli.ask('pam-sessions', { ended: true });
  assert.deepEqual(
    ended.map(({ id, state }) => [id, state]),
    [[home.id, 'closed']],
  );
  const again = await cli.ask('close-pam-session', { pamSession: home.id });
  assert.deepEqual(again, { ...end, already: true });
});

test('root is told of which kind an id is, and what to do with it', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, cli } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const { id } = await gateway.start(ticket);
  const pam = (await cli.ask('pam-sessions', {})).pamSessions[0]!.id;
  const none = 'f'.repeat(32);
  const cases = [
    ['kill-session', pam, `'${pam}' is a PAM session: 'vestibule pam close' closes it`],
    [
      'rename-session',
      pam,
      `'${pam}' is a PAM session: only sessions have names; 'vestibule active-sessions' lists them`,
    ],
    ['close-pam-session', id, `'${id}' is a session: 'vestibule kill-session' ends it`],
    [
      'kill-session',
      none,
      `wanted the id of a session, got '${none}', which none has; 'vestibule active-sessions' lists them`,
    ],
    [
      'rename-session',
      none,
      `wanted the id of a session, got '${none}', which none has; 'vestibule active-sessions' lists them`,
    ],
    [
      'close-pam-session',
      none,
      `wanted the id of a PAM session, got '${none}', which none has; 'vestibule pam sessions' lists them`,
    ],
  ] as const;
  for (const [type, named, wanted] of cases) {
    const ask = { session: named, pamSession: named, name: 'x' } as never;
    const { code, text } = await cli.refused(type, ask);
    assert.deepEqual([code, text], ['session-not-found', wanted]);
  }
});

test('one that is not closed is stuck in the words that its session is', async (t) => {
  const { gateway, cli } = await startFixture(t, { stepMs: { end: 20 } });
  const { ticket } = await gateway.signIn('hangs');
  const { id } = await gateway.start(ticket);
  const [own] = (await cli.ask('pam-sessions', {})).pamSessions;
  const { text } = await cli.refused('close-pam-session', { pamSession: own!.id });
  const { stuck } = await gateway.sessionIn('stuck', id);
  assert.equal(text, `The PAM session is stuck. ${stuck}`);
  const [row] = (await cli.ask('pam-sessions', {})).pamSessions;
  assert.deepEqual([row?.state, row?.stuck], ['stuck', stuck]);
});

test('the last program of a home session ends, and the home session stays', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { gateway, cli, machine } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const home = await openHome(fixture, ticket);
  const { id } = await gateway.start(ticket);
  const leader = await machine.opening.take();
  leader.exit(0, id);
  await gateway.sessionIn('ended', id);
  await leader.received.take((message) => message.name === 'noted' && message.session === id);
  const [row] = (await cli.ask('pam-sessions', {})).pamSessions;
  assert.deepEqual([row?.id, row?.state, row?.sessions], [home.id, 'open', []]);
});

test('a session that nothing can be written of leaves no trace, in memory either', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, broker } = fixture;
  const { ticket } = await gateway.signIn('ada');
  broker.store.database.exec(
    "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'no room'); END",
  );
  await gateway.refusedAs('internal', 'session-start', {
    ...{ ticket, kind: 'terminal', origin: ORIGIN },
  });
  assert.deepEqual(
    [broker.sessions.countLive(), broker.pamSessions.countLive().pamSessions],
    [0, 0],
  );
});
