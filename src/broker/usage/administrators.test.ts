/** Who is an administrator, as the test machine says (root is in the group root), and who is told the troubles. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { Uid, UserName } from '../../protocol/ids.ts';
import type { Person } from '../rows/person.ts';
import { Administrators } from '../state/administrators.ts';
import { askMember } from '../state/ask-member.ts';
import { lookAtAll } from './watch-sessions.ts';

const person = (user: string, uid: number): Person => ({ user: user as UserName, uid: uid as Uid });
const ROOT = person('root', 0);

test('members are those whom the system takes for members', async () => {
  const cases: [Person, string[], boolean][] = [
    [ROOT, ['root'], true],
    [ROOT, ['no such', '-x', 'root'], true],
    [ROOT, [], false],
    [ROOT, ['no such', '', '--help'], false],
    // Groups are given by name, not by number.
    [ROOT, ['0'], false],
    [ROOT, ['+0'], false],
    [person('daemon', 1), ['root'], false],
    // The name belongs to another uid now, or to nobody.
    [person('root', 4_000_000), ['root'], false],
    [person('no-such-user', 0), ['root'], false],
    [person('0', 0), ['root'], false],
    [person('-x', 0), ['root'], false],
  ];
  for (const [who, groups, member] of cases)
    assert.equal(await askMember(who, groups), member, JSON.stringify([who, groups]));
});

/** With a fake of askMember(), whose answers the test sets. */
function makeAdministrators(groups = ['wheel']) {
  const state = { now: 0, asked: [] as string[], answer: true as boolean | null };
  const administrators = new Administrators(
    groups,
    () => state.now,
    async ({ user }) => {
      state.asked.push(user);
      if (user === 'fails') throw new Error('no process left');
      return state.answer;
    },
  );
  return { state, administrators };
}

test('nobody is one, and nobody is asked, unless a group is named', () => {
  const { state, administrators } = makeAdministrators([]);
  assert.equal(administrators.possible, false);
  assert.equal(administrators.has(ROOT), false);
  assert.deepEqual(state.asked, []);
});

test('an answer is kept for a minute, and while there is no other for ten', async () => {
  const { state, administrators } = makeAdministrators();
  assert.equal(administrators.has(ROOT), false);
  await turn();
  for (let look = 0; look < 100; look++) assert.equal(administrators.has(ROOT), true);
  assert.equal(state.asked.length, 1);
  state.answer = null;
  for (state.now = 60_000; state.now < 600_000; state.now += 60_000) {
    assert.equal(administrators.has(ROOT), true, String(state.now));
    await turn();
  }
  assert.equal(state.asked.length, 10);
  assert.equal(administrators.has(ROOT), false);
});

test('who has left the group is none from the next answer on', async () => {
  const { state, administrators } = makeAdministrators();
  administrators.has(ROOT);
  await turn();
  Object.assign(state, { now: 60_000, answer: false });
  administrators.has(ROOT);
  await turn();
  assert.equal(administrators.has(ROOT), false);
});

test('a question that fails holds up no other', async () => {
  const { state, administrators } = makeAdministrators();
  administrators.has(person('fails', 1));
  administrators.has(ROOT);
  await turn();
  assert.deepEqual(state.asked, ['fails', 'root']);
  assert.deepEqual(
    [administrators.has(person('fails', 1)), administrators.has(ROOT)],
    [false, true],
  );
});

test('administrators who look are told the troubles, live; nobody else ever is', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { adminGroups: ['wheel'] };
  fixture.askMember = async ({ user }) => user === 'ada';
  await fixture.restart();
  const { gateway, broker, cli, directory } = fixture;
  const { ticket, info } = await gateway.signIn('ada');
  const bob = await gateway.signIn('bob');
  await gateway.ask('session-watch', { ticket });
  await gateway.ask('session-watch', { ticket: bob.ticket });
  const listed = async (asker: string) =>
    (await gateway.ask('session-list', { ticket: asker })).troubles;
  const announced = async () => {
    const event = await gateway.events.take((came) => came.event === 'troubles');
    assert.ok(event.event === 'troubles');
    assert.deepEqual([event.user, event.uid], ['ada', info.uid]);
    return event.troubles;
  };
  assert.deepEqual(await listed(ticket), []);

  const database = new DatabaseSync(join(directory, 'broker.db'));
  database.exec('BEGIN IMMEDIATE');
  const start = { ticket, kind: 'terminal', origin: ORIGIN };
  await gateway.refusedAs('disk', 'session-start', start);
  const { troubles } = await cli.ask('status', {});
  assert.equal(troubles[0]?.kind, 'locked');
  await lookAtAll(broker);
  await lookAtAll(broker);
  assert.deepEqual(await announced(), troubles);
  assert.deepEqual(await listed(ticket), troubles);
  assert.deepEqual(await listed(bob.ticket), []);
  const visit = { origin: ORIGIN, retry: false };
  assert.deepEqual((await gateway.ask('home-visit', { ...visit, ticket })).troubles, troubles);
  const { troubles: bobs } = await gateway.ask('home-visit', { ...visit, ticket: bob.ticket });
  assert.deepEqual(bobs, []);

  database.exec('ROLLBACK');
  database.close();
  await new Promise<void>((done) => broker.store.whenWritten(done));
  await lookAtAll(broker);
  assert.deepEqual(await announced(), []);
  await lookAtAll(broker);
  assert.equal(gateway.events.all.filter(({ event }) => event === 'troubles').length, 0);
});

test('by default nobody is told, and no program asks for anybody', async (t) => {
  const fixture = await startFixture(t);
  const asked: Person[] = [];
  fixture.askMember = async (who) => asked.push(who) > 0;
  await fixture.restart();
  const { gateway, broker, directory } = fixture;
  const { ticket } = await gateway.signIn('ada');
  const database = new DatabaseSync(join(directory, 'broker.db'));
  database.exec('BEGIN IMMEDIATE');
  const start = { ticket, kind: 'terminal', origin: ORIGIN };
  await gateway.refusedAs('disk', 'session-start', start);
  await gateway.ask('session-watch', { ticket });
  await lookAtAll(broker);
  assert.deepEqual((await gateway.ask('session-list', { ticket })).troubles, []);
  assert.deepEqual(asked, []);
  database.exec('ROLLBACK');
  database.close();
});
