/** Failed sign-ins: when the failure is reported, and who must wait afterwards. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Asker,
  beginAs,
  RIGHT,
  startFixture,
  WRONG,
} from '../../../test/fakes/broker-fixture.ts';
import { type BrokerSignInStep, SECRET_PATTERN } from '../../protocol/gateway-broker.ts';

type Prompts = Extract<BrokerSignInStep, { kind: 'prompts' }>;
const HERE = '192.0.2.7';
const from = (address: string, user: string) => beginAs(user, { address, userAgent: 'test' });

async function begin(gateway: Asker, user: string, address = HERE): Promise<Prompts> {
  return (await gateway.ask('sign-in-start', from(address, user))) as Prompts;
}
async function fail(gateway: Asker, user: string, address = HERE) {
  const { conversation } = await begin(gateway, user, address);
  return gateway.refused('sign-in-answer', { conversation, sealed: [WRONG] });
}

test('every failure that PAM decided is told on the grid, in the same words', async (t) => {
  const fixture = await startFixture(t);
  const known = await fail(fixture.gateway, 'ada');
  const unknown = await fail(fixture.gateway, 'nobody-of-that-name');
  const noName = await fixture.gateway.refused('sign-in-start', from(HERE, 'a\nb'));
  for (const { code, text } of [known, unknown, noName]) {
    assert.deepEqual([code, text], ['sign-in-failed', 'The user name or password is incorrect.']);
  }
  assert.equal(fixture.waits.length, 3);
  for (const ms of fixture.waits) assert.ok(ms > 0 && ms <= 3000, `${ms}`);
  const { conversation } = await begin(fixture.gateway, 'expired');
  await fixture.gateway.refusedAs('sign-in-refused', 'sign-in-answer', {
    conversation,
    sealed: [RIGHT],
  });
  assert.equal(fixture.waits.length, 4);
});

test('a good sign-in waits for nothing, whoever fails elsewhere', async (t) => {
  const fixture = await startFixture(t);
  for (let i = 0; i < 8; i++) await fail(fixture.gateway, 'ada', `198.51.100.${i}`);
  fixture.waits.length = 0;
  await fixture.gateway.signIn('ada');
  assert.deepEqual(fixture.waits, []);
});

test('after the fifth failure the door is shut, says for how long, and the audit has it', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  for (let i = 0; i < 5; i++) await fail(gateway, 'ada');
  const problem = await gateway.refused('sign-in-start', from(HERE, 'ada'));
  assert.equal(problem.code, 'too-many');
  assert.equal(problem.retryAfter, 10);
  assert.equal(problem.text, 'Too many failed sign-ins. Try again in 10 seconds.');
  const rows = fixture.audit().filter(({ event }) => event === 'sign-in-throttled');
  assert.deepEqual(
    rows.map(({ detail, problem }) => [detail, problem]),
    [['for 10 s', 'too-many']],
  );
  await begin(gateway, 'ada', '198.51.100.9');
  await begin(gateway, 'bob');
  fixture.skipMs += 10_000;
  await gateway.signIn('ada');
});

test('a guess is not given to PAM when others of its kind have failed meanwhile', async (t) => {
  const fixture = await startFixture(t);
  const { gateway, machine } = fixture;
  const waiting = await begin(gateway, 'ada');
  const leader = await machine.started.take();
  for (let i = 0; i < 5; i++) await fail(gateway, 'ada');
  const { conversation } = waiting;
  await gateway.refusedAs('too-many', 'sign-in-answer', { conversation, sealed: [RIGHT] });
  await gateway.refusedAs('conversation-gone', 'sign-in-answer', { conversation, sealed: [RIGHT] });
  assert.ok(!leader.received.all.some(({ name }) => name === 'answer'));
});

test('a guess that is taken back before its answer counts as wrong', async (t) => {
  const { gateway, broker } = await startFixture(t);
  const give = async () => {
    const { conversation } = await begin(gateway, 'undecided');
    const gone = gateway.refused('sign-in-answer', { conversation, sealed: [RIGHT] });
    await gateway.ask('sign-in-cancel', { conversation });
    assert.equal((await gone).code, 'conversation-gone');
  };
  for (let i = 0; i < 5; i++) await give();
  assert.ok(broker.throttle.waitMs({ address: HERE, user: 'undecided', browser: '' }) > 0);
});

for (const user of ['a/b', '-x', 'x'.repeat(256), '..', 'a\nb', '']) {
  test(`'${user.slice(0, 9)}' can be no name: no leader is started, it counts, and rows come to an end`, async (t) => {
    const { gateway, broker, machine, audit } = await fixtureOf(t);
    for (let i = 0; i < 5; i++) {
      await gateway.refusedAs('sign-in-failed', 'sign-in-start', from(HERE, user));
    }
    const rows = audit().length;
    for (let i = 0; i < 5; i++) {
      await gateway.refusedAs('too-many', 'sign-in-start', from(HERE, user));
    }
    assert.equal(audit().length, rows);
    assert.equal(machine.started.all.length, 0);
    assert.equal(broker.conversations.size, 0);
  });
}

test('a name that the leader alone refuses, before PAM, counts', async (t) => {
  const { gateway, machine } = await fixtureOf(t);
  for (let i = 0; i < 5; i++) {
    await gateway.refusedAs('sign-in-refused', 'sign-in-start', from(HERE, 'unfit'));
  }
  await gateway.refusedAs('too-many', 'sign-in-start', from(HERE, 'unfit'));
  assert.equal(machine.started.all.length, 5);
});

test('24 wrong guesses from an address: names that sign in from it and others are answered alike', async (t) => {
  const { gateway } = await fixtureOf(t);
  const { browser } = await gateway.signIn('ada');
  for (let i = 0; i < 24; i++) {
    const answer = await gateway.raw({ type: 'sign-in-start', ...from(HERE, `name${i}`) });
    const step = answer.ok as Prompts | undefined;
    if (step === undefined) continue;
    const { conversation } = step;
    await gateway.refused('sign-in-answer', { conversation, sealed: [WRONG] });
  }
  const answers = await Promise.all(
    ['ada', 'nobody-of-that-name', 'bob'].map((user) =>
      gateway.refused('sign-in-start', from(HERE, user)),
    ),
  );
  for (const { code, text, retryAfter } of answers) {
    assert.deepEqual(
      [code, text, retryAfter],
      [answers[0]!.code, answers[0]!.text, answers[0]!.retryAfter],
    );
    assert.equal(code, 'too-many');
  }
  // Her browser is known for her name, but not for another name.
  await gateway.ask('sign-in-start', { ...from(HERE, 'ada'), browser });
  await gateway.refusedAs('too-many', 'sign-in-start', { ...from(HERE, 'bob'), browser });
});

test('wrong guesses at her name from her address do not lock out her own browser, nor it them', async (t) => {
  const { gateway } = await fixtureOf(t);
  const { browser } = await gateway.signIn('ada');
  for (let i = 0; i < 5; i++) await fail(gateway, 'ada');
  await gateway.refusedAs('too-many', 'sign-in-start', from(HERE, 'ada'));
  const hers = { ...from(HERE, 'ada'), browser };
  for (let i = 0; i < 5; i++) {
    const { conversation } = (await gateway.ask('sign-in-start', hers)) as Prompts;
    await gateway.refused('sign-in-answer', { conversation, sealed: [WRONG] });
  }
  await gateway.refusedAs('too-many', 'sign-in-start', hers);
});

test('two people of one browser, and a secret that is not ours', async (t) => {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const signIn = async (user: string, browser?: string) => {
    const begun = (await gateway.ask('sign-in-start', { ...from(HERE, user), browser })) as Prompts;
    const { conversation } = begun;
    const last = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
    return (last as Extract<BrokerSignInStep, { kind: 'signed-in' }>).browser;
  };
  const made = await signIn('ada', 'chosen by somebody');
  assert.match(made, SECRET_PATTERN);
  assert.equal(await signIn('bob', made), made);
  assert.equal(await signIn('ada', made), made);
  await fixture.restart();
  const { throttle } = fixture.broker;
  for (let i = 0; i < 24; i++)
    throttle.fail({ address: HERE, user: `n${i}`, browser: '' }, 'wrong');
  for (const user of ['ada', 'bob']) {
    assert.equal(throttle.waitMs({ address: HERE, user, browser: made }), 0, user);
  }
  for (let i = 0; i < 60; i++) throttle.recognize({ address: HERE, user: 'bob', browser: '' });
  assert.ok(throttle.waitMs({ address: HERE, user: 'bob', browser: made }) > 0); // his oldest gave way
  assert.equal(throttle.waitMs({ address: HERE, user: 'ada', browser: made }), 0);
});

async function fixtureOf(t: TestContext) {
  const fixture = await startFixture(t);
  return { ...fixture, broker: fixture.broker, audit: () => fixture.audit() };
}

for (const [user, waits] of [
  ['exec', true],
  ['ldap', true],
  ['crash', true],
  ['minor', false],
  ['expired', false],
] as const) {
  test(`guesses that end as with '${user}' ${waits ? 'count' : 'are none'}`, async (t) => {
    const { gateway, broker } = await startFixture(t);
    for (let i = 0; i < 5; i++) {
      const { conversation } = await begin(gateway, user);
      await gateway.refused('sign-in-answer', { conversation, sealed: [RIGHT] });
    }
    assert.equal(broker.throttle.waitMs({ address: HERE, user, browser: '' }) > 0, waits);
  });
}

test('a broker that starts anew knows who has to wait', async (t) => {
  const fixture = await startFixture(t);
  for (let i = 0; i < 5; i++) await fail(fixture.gateway, 'ada');
  await fixture.restart();
  await fixture.gateway.refusedAs('too-many', 'sign-in-start', from(HERE, 'ada'));
});

test('beginning without ever answering is no guess', async (t) => {
  const { gateway, broker } = await startFixture(t);
  for (let i = 0; i < 10; i++) {
    const { conversation } = await begin(gateway, 'ada');
    await gateway.ask('sign-in-cancel', { conversation });
  }
  assert.equal(broker.throttle.waitMs({ address: HERE, user: 'ada', browser: '' }), 0);
});

test('300 people of one network sign in at once', async (t) => {
  const { gateway, broker } = await startFixture(t);
  await Promise.all(Array.from({ length: 300 }, (_, i) => gateway.signIn(`user${i}`)));
  assert.equal(broker.tickets.count(), 300);
});
