import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  beginAs,
  ORIGIN as origin,
  startFixture,
  WRONG,
} from '../../../test/fakes/broker-fixture.ts';
import type { SessionId } from '../../protocol/ids.ts';

test('a request that is not in the table, or looks wrong, is refused without repeating it', async (t) => {
  const { gateway } = await startFixture(t);
  for (const request of [
    {},
    { type: 7 },
    { type: 'toString' },
    { type: 'kill-session', session: '0'.repeat(32) },
    { type: 'ticket-check', ticket: 'x' },
    { type: 'ticket-check', ticket: { secret: 1 }, active: true },
    { type: 'session-end', ticket: 'x', session: '../../etc' },
    { type: 'sign-in-start', ...beginAs('ada', { ...origin, address: 'a\nb' }) },
    { type: 'sign-in-start', ...beginAs('ada'), conversation: 'x' },
    { type: 'session-start', ticket: 'x', kind: 'run', origin },
  ]) {
    const { problem } = await gateway.raw(request);
    assert.equal(problem?.code, 'bad-request', JSON.stringify(request));
    assert.equal(problem?.text, 'The request could not be understood.');
  }
});

test('what is for root is not for the gateway, nor the reverse', async (t) => {
  const { gateway, cli } = await startFixture(t);
  await gateway.refusedAs('bad-request', 'status', {});
  await gateway.refusedAs('bad-request', 'end-sign-ins', { user: null });
  await cli.refusedAs('bad-request', 'session-list', { ticket: 'x' });
  await cli.refusedAs('bad-request', 'end-sign-ins', {});
});

test('an unknown ticket is refused everywhere', async (t) => {
  const { gateway } = await startFixture(t);
  const ticket = 'A'.repeat(43);
  const session = '0'.repeat(32);
  await gateway.refusedAs('not-signed-in', 'ticket-check', { ticket, active: true });
  await gateway.refusedAs('not-signed-in', 'sign-out', { ticket });
  await gateway.refusedAs('not-signed-in', 'sign-out-everywhere', { ticket });
  await gateway.refusedAs('not-signed-in', 'sign-in-list', { ticket });
  await gateway.refusedAs('not-signed-in', 'sign-in-end', { ticket, signIn: session });
  await gateway.refusedAs('not-signed-in', 'session-list', { ticket });
  await gateway.refusedAs('not-signed-in', 'session-end', { ticket, session });
  await gateway.refusedAs('not-signed-in', 'session-enter', { ticket, session, browser: ticket });
  await gateway.refusedAs('not-signed-in', 'session-pass', {
    code: ticket,
    session,
    browser: ticket,
  });
  await gateway.refusedAs('not-signed-in', 'session-dial', { pass: ticket, session });
  await gateway.refusedAs('not-signed-in', 'session-active', { pass: ticket, session });
});

test('a request without an id closes the connection, the broker lives on', async (t) => {
  const fixture = await startFixture(t);
  const other = await fixture.connect('cli');
  other.frames.send(Buffer.from('{"type":"status"}'));
  other.frames.send(Buffer.from('{"id":1,"type":"status"}'));
  await fixture.cli.ask('status', {});
  const raw = connect(join(fixture.directory, 'cli'));
  raw.resume();
  raw.write('GET / HTTP/1.1\r\n\r\n');
  await once(raw, 'close');
  await fixture.cli.ask('status', {});
});

test('an error of ours is internal, with a reference and no detail', async (t) => {
  const { gateway, broker } = await startFixture(t);
  broker.store.database.exec('DROP TABLE passes; DROP TABLE tickets');
  const problem = await gateway.refused('session-list', { ticket: 'A'.repeat(43) });
  assert.equal(problem.code, 'internal');
  assert.equal(problem.text, 'Something went wrong on the server.');
});

test('what begins needs the disk, what goes on and ends does not, and is written later', async (t) => {
  const { gateway, cli, broker, directory } = await startFixture(t);
  const { ticket } = await gateway.signIn('ada');
  const { ticket: other } = await gateway.signIn('ada');
  const { id: session } = await gateway.start(ticket);
  const database = new DatabaseSync(join(directory, 'broker.db'));
  database.exec('BEGIN IMMEDIATE');
  const start = { ticket, kind: 'terminal' as const, origin };
  const { code, text } = await gateway.refused('session-start', start);
  assert.deepEqual([code, /locked by another program/.test(text)], ['disk', true]);
  await gateway.refusedAs('disk', 'sign-in-start', beginAs('ada'));
  await gateway.ask('home-visit', { ticket, origin, retry: false });
  await gateway.ask('session-rename', { ticket, session, name: 'mine' });
  await gateway.ask('session-dial', { pass: await gateway.pass(ticket, session), session });
  await gateway.ask('session-end', { ticket, session });
  await gateway.sessionIn('ended', session);
  await gateway.ask('sign-out', { ticket: other });
  await gateway.refusedAs('not-signed-in', 'session-list', { ticket: other });
  assert.match((await cli.ask('status', {})).troubles[0]!.text, /another program holds/);
  assert.equal(rowIn(database, session)?.state, 'running', 'not written yet');
  database.exec('ROLLBACK');
  await new Promise<void>((done) => broker.store.whenWritten(done));
  const { name, state } = rowIn(database, session)!;
  assert.deepEqual([name, state], ['mine', 'ended']);
  assert.equal(database.prepare('SELECT count(*) AS n FROM tickets').get()?.n, 1);
  database.close();
  assert.deepEqual((await cli.ask('status', {})).troubles, []);
  await gateway.start(ticket);
});

test('a guess is counted while nothing can be written', async (t) => {
  const { gateway, broker, directory } = await startFixture(t);
  const first = await gateway.ask('sign-in-start', beginAs('ada'));
  const database = new DatabaseSync(join(directory, 'broker.db'));
  database.exec('BEGIN IMMEDIATE');
  assert.ok(first.kind === 'prompts');
  const { conversation } = first;
  await gateway.refusedAs('sign-in-failed', 'sign-in-answer', { conversation, sealed: [WRONG] });
  database.exec('ROLLBACK');
  await new Promise<void>((done) => broker.store.whenWritten(done));
  const { n } = database.prepare("SELECT count(*) AS n FROM throttle WHERE list = 'pair'").get()!;
  assert.equal(n, 1);
  database.close();
});

function rowIn(database: DatabaseSync, session: SessionId) {
  return database.prepare('SELECT name, state FROM sessions WHERE id = ?').get(session);
}
