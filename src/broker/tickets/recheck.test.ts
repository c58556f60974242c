/** Accounts that may not be used any more while their users are signed in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrokerFixture, ORIGIN, startFixture } from '../../../test/fakes/broker-fixture.ts';
import { recheckDue } from './recheck.ts';

const MINUTE = 60_000;
const PAM_PERM_DENIED = 6;
const PAM_AUTHINFO_UNAVAIL = 9;
const PAM_NEW_AUTHTOK_REQD = 12;
const PAM_ACCT_EXPIRED = 13;
const PAM_CONV_ERR = 19;

async function isSignedIn({ gateway }: BrokerFixture, ticket: string): Promise<boolean> {
  const { problem } = await gateway.raw({ type: 'ticket-check', ticket, active: false });
  return problem === undefined;
}

for (const [stage, code, stays] of [
  ['account', PAM_ACCT_EXPIRED, false],
  ['account', PAM_PERM_DENIED, false],
  ['policy', PAM_PERM_DENIED, false],
  ['user', PAM_PERM_DENIED, false],
  ['password', PAM_NEW_AUTHTOK_REQD, false],
  ['account', PAM_AUTHINFO_UNAVAIL, true],
  ['account', PAM_CONV_ERR, true],
  ['user', PAM_AUTHINFO_UNAVAIL, true],
  ['start', PAM_PERM_DENIED, true],
] as const) {
  test(`refused at '${stage}' with ${code}: ${stays ? 'nobody was judged' : 'signed out everywhere'}`, async (t) => {
    const fixture = await startFixture(t);
    const { ticket } = await fixture.gateway.signIn('ada');
    const second = await fixture.gateway.signIn('ada');
    const bob = await fixture.gateway.signIn('bob');
    fixture.machine.refusals.set('ada', [stage, code]);
    fixture.skipMs = 10 * MINUTE;
    await recheckDue(fixture.broker);
    assert.equal(await isSignedIn(fixture, ticket), stays);
    assert.equal(await isSignedIn(fixture, second.ticket), stays);
    assert.equal(await isSignedIn(fixture, bob.ticket), true);
    const rows = fixture.audit().filter(({ event }) => event === 'account-refused');
    assert.equal(rows.length, stays ? 0 : 2);
    for (const { detail } of rows) assert.match(detail, new RegExp(`${stage}: refused`));
  });
}

test('no rootd, a leader that dies, a module that asks: nobody was judged', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  const users = ['dying', 'asked', 'ada'];
  const signedIn = await Promise.all(users.map((user) => gateway.signIn(user)));
  machine.refusals.set('dying', 'dies').set('asked', 'asks');
  fixture.skipMs = 10 * MINUTE;
  await recheckDue(fixture.broker);
  machine.full = true;
  fixture.skipMs = 20 * MINUTE;
  await recheckDue(fixture.broker);
  machine.close();
  fixture.skipMs = 30 * MINUTE;
  await recheckDue(fixture.broker);
  for (const { ticket } of signedIn) assert.ok(await isSignedIn(fixture, ticket));
});

test('a grant that is void (sign-out --all, a reused name) ends the ticket', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('ada');
  fixture.machine.grants.length = 0;
  fixture.skipMs = 10 * MINUTE;
  await recheckDue(fixture.broker);
  assert.ok(!(await isSignedIn(fixture, ticket)));
});

for (const [minutes, at] of [
  [10, 10],
  [1, 1],
  [0, null],
] as const) {
  test(`with auth-recheck-minutes=${minutes} PAM is asked ${at === null ? 'never' : `within ${at} min`}`, async (t) => {
    const fixture = await startFixture(t);
    fixture.settings = { recheckMinutes: minutes };
    await fixture.restart();
    const { ticket } = await fixture.gateway.signIn('ada');
    fixture.machine.refusals.set('ada', ['account', PAM_ACCT_EXPIRED]);
    fixture.skipMs = ((at ?? 30) - 0.5) * MINUTE;
    await recheckDue(fixture.broker);
    assert.equal(await isSignedIn(fixture, ticket), true);
    fixture.skipMs = (at ?? 50) * MINUTE;
    await recheckDue(fixture.broker);
    assert.equal(await isSignedIn(fixture, ticket), at === null);
  });
}

test('after a restart everybody is asked about at once, each person once', async (t) => {
  const fixture = await startFixture(t);
  const users = Array.from({ length: 12 }, (_, i) => `user${i}`);
  for (const user of [...users, ...users]) await fixture.gateway.signIn(user);
  await fixture.restart();
  const before = fixture.machine.started.all.length;
  await Promise.all([recheckDue(fixture.broker), recheckDue(fixture.broker)]);
  assert.equal(fixture.machine.started.all.length - before, users.length);
  assert.equal(fixture.broker.tickets.count(), 24);
});

test('who may not any more does not keep a session that the session profile lets start', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  const { ticket, info } = await gateway.signIn('ada');
  machine.refusals.set('ada', ['account', PAM_PERM_DENIED]);
  fixture.skipMs = MINUTE;
  const { session } = await gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: ORIGIN,
  });
  const event = await gateway.events.take(({ event }) => event === 'revoked');
  assert.deepEqual(event, { event: 'revoked', tickets: [info.id] });
  await gateway.sessionIn('ended', session.id);
});

test('what the session profile refuses is asked about at once, however young the last answer', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  const { ticket, info } = await gateway.signIn('lapsed');
  machine.refusals.set('lapsed', ['account', PAM_ACCT_EXPIRED]);
  const { session } = await gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: ORIGIN,
  });
  await gateway.sessionIn('failed', session.id);
  const event = await gateway.events.take(({ event }) => event === 'revoked');
  assert.deepEqual(event, { event: 'revoked', tickets: [info.id] });
});

test('a session that fails for another reason costs nobody the ticket', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn('denied');
  const { session } = await gateway.ask('session-start', {
    ticket,
    kind: 'terminal',
    origin: ORIGIN,
  });
  await gateway.sessionIn('failed', session.id);
  assert.ok(await isSignedIn(fixture, ticket));
});
