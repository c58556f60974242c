import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';

test('a session is renamed, everybody who looks hears of it, and a new broker knows it', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id: session } = await fixture.gateway.start(ticket);
  const ask = { ticket, session, name: '  Étude nº 3 👩‍🔬  ' };
  const answer = await fixture.gateway.ask('session-rename', ask);
  assert.equal(answer.session.name, 'Étude nº 3 👩‍🔬');
  const { event } = await fixture.gateway.events.take(
    (came) => came.event === 'sessions' && came.sessions[0]?.name === answer.session.name,
  );
  assert.equal(event, 'sessions');
  await fixture.restart();
  const { sessions } = await fixture.gateway.ask('session-list', { ticket });
  assert.equal(sessions[0]?.name, answer.session.name);
  const row = fixture.audit().find(({ event }) => event === 'session-renamed');
  assert.deepEqual([row?.session, row?.detail], [session, `'Terminal 1' to '${sessions[0].name}'`]);
});

test('a name that is free again is given again', async (t) => {
  const { gateway } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const { id: session } = await gateway.start(ticket);
  await gateway.ask('session-rename', { ticket, session, name: 'build' });
  assert.equal((await gateway.start(ticket)).name, 'Terminal 1');
});

for (const [name, says] of [
  ['', /at least one/],
  [' \u200d ', /at least one/],
  ['x'.repeat(65), /at most 64/],
  ['a\nb', /control/],
  ['a\x1b[31m', /control/],
  ['a\u202eb', /control/],
  ['a\ud800', /control/],
  ['Terminal 2', /Another session/],
] as const) {
  test(`the name ${JSON.stringify(name.slice(0, 12))} is refused`, async (t) => {
    const fixture = await startFixture(t);
    const { gateway } = fixture;
    const { ticket } = await gateway.signIn('ada');
    const { id: session } = await gateway.start(ticket);
    fixture.skipMs += 1; // the list is in the order of their starts
    await gateway.start(ticket);
    const problem = await gateway.refused('session-rename', { ticket, session, name });
    assert.equal(problem.code, 'name-refused');
    assert.match(problem.text, says);
    const { sessions } = await gateway.ask('session-list', { ticket });
    assert.deepEqual(
      sessions.map((view) => view.name),
      ['Terminal 1', 'Terminal 2'],
    );
  });
}

test('64 characters are possible, whatever their bytes', async (t) => {
  const { gateway } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const { id: session } = await gateway.start(ticket);
  const name = '𝒜'.repeat(64);
  assert.equal((await gateway.ask('session-rename', { ticket, session, name })).session.name, name);
});

test('only a living session of one’s own can be renamed', async (t) => {
  const { gateway } = await startFixture(t);
  const [ada, eve] = [await gateway.signIn('ada'), await gateway.signIn('eve')];
  const { id: session } = await gateway.start(ada.ticket);
  const name = 'mine';
  await gateway.refusedAs('session-not-found', 'session-rename', {
    ticket: eve.ticket,
    session,
    name,
  });
  await gateway.ask('session-end', { ticket: ada.ticket, session });
  await gateway.sessionIn('ended');
  await gateway.refusedAs('session-ended', 'session-rename', { ticket: ada.ticket, session, name });
});

test('root renames, and the audit says that it was root', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  const { session } = await fixture.gateway.ask('session-start', {
    ...{ ticket, kind: 'terminal', origin: ORIGIN },
  });
  const answer = await fixture.cli.ask('rename-session', { session: session.id, name: 'seen' });
  assert.deepEqual([answer.session.name, answer.session.user], ['seen', 'ada']);
  const row = fixture.audit().find(({ event }) => event === 'session-renamed');
  assert.equal(row?.user, 'root');
});
