import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROWSER as browser, ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { PROBLEMS } from '../../protocol/problems.ts';
import { makeSecret } from '../rows/ticket-store.ts';
import { viewOf } from '../views/session-view.ts';

const terminal = (ticket: string) => ({ ticket, kind: 'terminal' as const, origin: ORIGIN });

test('a session is announced in each of its states, and audited before', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  assert.deepEqual([session.name, session.state], ['Terminal 1', 'starting']);
  const running = await gateway.sessionIn('running');
  assert.equal(running.tty, '/dev/pts/7');
  await gateway.ask('session-end', { ticket, session: session.id });
  const ended = await gateway.sessionIn('ended');
  // 1 is SIGHUP.
  assert.equal(ended.exitStatus, 129);
  const events = fixture.audit().filter(({ session: id }) => id === session.id);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['starting', 'running', 'ending', 'ended'].map((state) => `session-${state}`),
  );
});

test("open carries the ticket's grant and the client's address", async (t) => {
  const { gateway, machine } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const { id } = await gateway.start(ticket);
  const leader = await machine.opening.take((leader) => leader.terminal === id);
  const open = await leader.received.take(({ name }) => name === 'open');
  assert.ok(open.name === 'open');
  assert.equal(Buffer.from(open.grant).toString('hex'), machine.grants[0]);
  assert.deepEqual(
    [open.service, open.user, open.rhost, open.label, open.terminal, open.attached],
    ['su', 'ada', '192.0.2.7', 'Terminal 1', id, 0],
  );
});

test('names use the lowest number that is free', async (t) => {
  const { gateway } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const first = await gateway.start(ticket);
  await gateway.start(ticket);
  await gateway.ask('session-end', { ticket, session: first.id });
  await gateway.sessionIn('ended', first.id);
  assert.equal((await gateway.start(ticket)).name, 'Terminal 1');
  assert.equal((await gateway.start(ticket)).name, 'Terminal 3');
});

for (const [user, code, words, detail] of [
  ['denied', 'session-refused', '\nToo many logins for denied.', /session: pam_open_session/],
  ['lapsed', 'session-account', '', /account: pam_acct_mgmt/],
  ['dies', 'session-failed', '', /ENOENT/],
  ['nospawn', 'session-program', '\nno such file: /bin/gone', /execute: no such file/],
] as const) {
  test(`a session of '${user}' fails, with the reason in the audit`, async (t) => {
    const fixture = await startFixture(t);
    const { gateway } = fixture;
    const { ticket } = await gateway.signIn(user);
    await gateway.ask('session-start', terminal(ticket));
    const { id, problem } = await gateway.sessionIn('failed');
    assert.deepEqual([problem?.code, problem?.text], [code, PROBLEMS[code].text + words]);
    const audited = fixture.audit().find((row) => row.detail !== null && detail.test(row.detail));
    assert.equal(audited?.reference, problem?.reference);
    assert.equal(fixture.broker.links.size, 0);
    // The link to the session shows the same problem, with the same reference.
    assert.deepEqual(
      await gateway.refused('session-enter', { ticket, session: id, browser }),
      problem,
    );
  });
}

test('a session profile that asks for a password fails with the line that it lacks', async (t) => {
  const { gateway } = await startFixture(t);
  const { ticket } = await gateway.signIn('asks');
  await gateway.ask('session-start', terminal(ticket));
  const { problem } = await gateway.sessionIn('failed');
  assert.equal(problem?.code, 'session-profile');
  assert.match(problem!.text, /'su' asks for a password.*it needs 'auth sufficient pam_rootok.so'/);
});

test('without rootd a session fails', async (t) => {
  const { gateway, machine } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  machine.close();
  await gateway.ask('session-start', terminal(ticket));
  assert.equal((await gateway.sessionIn('failed')).problem?.code, 'session-unavailable');
});

test('a session says which step of its start it is at, and has no code until it runs', async (t) => {
  const { broker, gateway, machine } = await startFixture(t);
  const { ticket } = await gateway.signIn('slow');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  assert.equal(session.step, 'pam');
  assert.equal((await gateway.sessionIn('starting')).step, 'pam');
  assert.deepEqual(await gateway.ask('session-enter', { ticket, session: session.id, browser }), {
    code: null,
  });
  const leader = await machine.opening.take((leader) => leader.terminal === session.id);
  await leader.finishOpening();
  assert.equal((await gateway.sessionIn('running')).step, null);
  // PAM has opened it now. Before its program ran, this was the step.
  const row = broker.sessions.find(session.id)!;
  assert.equal(viewOf(broker, { ...row, state: 'starting' }).step, 'program');
});

test('a session that is ended while it opens is closed as soon as it is open', async (t) => {
  const { gateway, machine } = await startFixture(t);
  const { ticket } = await gateway.signIn('slow');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  await gateway.sessionIn('starting');
  const leader = await machine.opening.take((leader) => leader.terminal === session.id);
  await gateway.ask('session-end', { ticket, session: session.id });
  await gateway.sessionIn('ending');
  await leader.finishOpening();
  await gateway.sessionIn('ended');
  assert.ok(!leader.received.all.some(({ name }) => name === 'spawn'));
});

test('the exit of the program is the end of the session', async (t) => {
  const { gateway, machine } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const { id } = await gateway.start(ticket);
  (await machine.opening.take((leader) => leader.terminal === id)).exit(3 << 8);
  assert.equal((await gateway.sessionIn('ended')).exitStatus, 3);
  await gateway.refusedAs('session-ended', 'session-end', { ticket, session: id });
});

test('a pass opens one session, for as long as its ticket lives', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket, info } = await gateway.signIn('ada');
  const [one, two] = [await gateway.start(ticket), await gateway.start(ticket)];
  const pass = await gateway.pass(ticket, one.id);
  const dial = await gateway.ask('session-dial', { pass, session: one.id });
  assert.equal(dial.place, 'local');
  assert.deepEqual([dial.user, dial.ticket], ['ada', info.id]);
  assert.equal(Buffer.from(dial.key, 'base64').length, 32);
  await gateway.ask('session-active', { pass, session: one.id });
  await gateway.refusedAs('not-signed-in', 'session-dial', { pass, session: two.id });
  await gateway.ask('sign-out', { ticket });
  await gateway.refusedAs('not-signed-in', 'session-dial', { pass, session: one.id });
});

test('a code is good once, for its session, for 30 seconds', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const { id: session } = await gateway.start(ticket);
  const code = async () => (await gateway.ask('session-enter', { ticket, session, browser })).code!;
  const once = await code();
  await gateway.ask('session-pass', { code: once, session, browser });
  await gateway.refusedAs('not-signed-in', 'session-pass', { code: once, session, browser });
  const other = '0'.repeat(32);
  await gateway.refusedAs('not-signed-in', 'session-pass', {
    code: await code(),
    session: other,
    browser,
  });
  const foreign = { code: await code(), session, browser: 'C'.repeat(43) };
  await gateway.refusedAs('not-signed-in', 'session-pass', foreign);
  await gateway.refusedAs('not-signed-in', 'session-pass', { ...foreign, browser });
  const first = await code();
  for (let more = 0; more < 20; more += 1) await code();
  await gateway.refusedAs('not-signed-in', 'session-pass', { code: first, session, browser });
  const late = await code();
  fixture.skipMs = 31_000;
  await gateway.refusedAs('not-signed-in', 'session-pass', { code: late, session, browser });
});

test('dialling a session that is being started waits for it', async (t) => {
  const { broker, gateway, machine } = await startFixture(t);
  const { ticket, info } = await gateway.signIn('slow');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  // A pass from before a restart of the broker, because a session that is being started gets none.
  const pass = makeSecret();
  broker.tickets.insertPass(pass, info.id, session.id);
  const dial = gateway.ask('session-dial', { pass, session: session.id });
  await gateway.sessionIn('starting');
  await (await machine.opening.take((leader) => leader.terminal === session.id)).finishOpening();
  assert.equal(Buffer.from((await dial).key, 'base64').length, 32);
});

test('the sessions of others do not exist', async (t) => {
  const { gateway } = await startFixture(t);
  const ada = await gateway.signIn('ada');
  const eve = await gateway.signIn('eve');
  const { id: session } = await gateway.start(ada.ticket);
  for (const type of ['session-end', 'session-enter'] as const) {
    await gateway.refusedAs('session-not-found', type, { ticket: eve.ticket, session, browser });
    const none = 'f'.repeat(32) as SessionId;
    await gateway.refusedAs('session-not-found', type, {
      ticket: ada.ticket,
      session: none,
      browser,
    });
  }
  assert.deepEqual((await gateway.ask('session-list', { ticket: eve.ticket })).sessions, []);
  assert.equal((await gateway.ask('session-list', { ticket: ada.ticket })).sessions.length, 1);
});

test('root sees and kills sessions of everybody', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, cli } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const { id: session } = await gateway.start(ticket);
  const [active] = (await cli.ask('active-sessions', {})).sessions;
  assert.deepEqual(
    [active?.user, active?.uid, active?.pid, active?.origin, active?.address],
    ['ada', 61_000, 4242, 'gateway', '192.0.2.7'],
  );
  const status = await cli.ask('status', {});
  assert.deepEqual(
    [status.gatewayConnected, status.tickets, status.sessions, status.warnings],
    [true, 1, 1, ['a warning']],
  );
  const end = await cli.ask('kill-session', { session });
  assert.deepEqual([end.state, end.already, end.pamSession], ['ended', false, 'open']);
  const ended = await gateway.sessionIn('ended');
  assert.deepEqual([ended.id, ended.endedBy], [session, 'administrator']);
  const late = await gateway.refused('session-enter', { ticket, session, browser });
  assert.match(late.text, / was ended by an administrator\.$/);
  const { id: own } = await gateway.start(ticket);
  await gateway.ask('session-end', { ticket, session: own });
  assert.equal((await gateway.sessionIn('ended', own)).endedBy, 'user');
  // A second time is harmless; its PAM session has been replaced by the next one.
  const again = await cli.ask('kill-session', { session });
  assert.deepEqual(again, { ...end, already: true, pamSession: 'closed' });
  const kills = fixture.audit().filter(({ event }) => event === 'kill-session');
  assert.equal(kills.length, 1);
});

test('a leader that does not close its session leaves it stuck', async (t) => {
  const { gateway, cli } = await startFixture(t, { stepMs: { end: 20 } });
  const { ticket } = await gateway.signIn('hangs');
  const { id: session } = await gateway.start(ticket);
  assert.match((await cli.refused('kill-session', { session })).text, /does not close/);
  await gateway.sessionIn('stuck');
});

test('a start that PAM does not come back from is stuck in words, and goes on when it does', async (t) => {
  const { gateway, cli, machine } = await startFixture(t, { stepMs: { pam: 20 } });
  const { ticket } = await gateway.signIn('slow');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  const stuck = await gateway.sessionIn('stuck');
  assert.match(stuck.stuck ?? '', /^PAM has not opened it yet: /);
  const [active] = (await cli.ask('active-sessions', {})).sessions;
  assert.equal(active?.stuck, stuck.stuck);
  const leader = await machine.opening.take(({ user }) => user === 'slow');
  await leader.finishOpening();
  assert.equal((await gateway.sessionIn('running')).id, session.id);
});

test('a stuck start that is ended is ended when PAM comes back, and kill-session waits for neither', async (t) => {
  const { gateway, cli, machine } = await startFixture(t, { stepMs: { pam: 20, end: 20 } });
  const { ticket } = await gateway.signIn('slow');
  const { session } = await gateway.ask('session-start', terminal(ticket));
  await gateway.sessionIn('stuck');
  const { text } = await cli.refused('kill-session', { session: session.id });
  assert.match(text, /^The session is stuck\. PAM has not opened it yet/);
  const leader = await machine.opening.take(({ user }) => user === 'slow');
  await leader.finishOpening();
  await gateway.sessionIn('ended');
});

test('a program that its leader does not start is stuck', async (t) => {
  const { gateway, machine } = await startFixture(t, { stepMs: { program: 20 } });
  const { ticket } = await gateway.signIn('slow');
  await gateway.ask('session-start', terminal(ticket));
  const leader = await machine.opening.take(({ user }) => user === 'slow');
  leader.silent = true;
  await leader.finishOpening();
  await gateway.sessionIn('stuck');
});
