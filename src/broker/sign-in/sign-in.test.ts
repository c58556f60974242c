import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginAs, RIGHT, startFixture, WRONG } from '../../../test/fakes/broker-fixture.ts';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';

type Prompts = Extract<BrokerSignInStep, { kind: 'prompts' }>;

test('a right password becomes a ticket of the canonical user, and the leader ends', async (t) => {
  const { gateway, machine, audit, broker } = await withAudit(t);
  const first = (await gateway.ask('sign-in-start', beginAs('Ada'))) as Prompts;
  assert.deepEqual(first.items, [{ number: 0, style: 'hidden', text: 'Password: ' }]);
  assert.equal(Buffer.from(first.key.public, 'base64').length, 32);
  const leader = await machine.started.take();
  const { rhost, service, conversation } = (await leader.received.take(
    ({ name }) => name === 'authenticate',
  )) as { rhost: string; service: string; conversation: Uint8Array; name: 'authenticate' };
  assert.deepEqual([rhost, service], ['192.0.2.7', 'vestibule']);
  assert.equal(Buffer.from(conversation).toString('hex'), first.conversation);
  const { conversation: id } = first;
  const last = await gateway.ask('sign-in-answer', { conversation: id, sealed: [RIGHT] });
  assert.equal(last.kind, 'signed-in');
  assert.equal(last.kind === 'signed-in' && last.user, 'ada');
  assert.equal(broker.conversations.size, 0);
  assert.deepEqual(
    audit().map(({ event }) => event),
    ['sign-in'],
  );
  await gateway.refusedAs('conversation-gone', 'sign-in-answer', {
    conversation: id,
    sealed: [RIGHT],
  });
});

test('a wrong password is refused in public words, the reason is in the audit', async (t) => {
  const { gateway, audit } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('ada'))) as Prompts;
  const problem = await gateway.refused('sign-in-answer', { conversation, sealed: [WRONG] });
  assert.equal(problem.code, 'sign-in-failed');
  assert.equal(problem.text, 'The user name or password is incorrect.');
  const row = audit().at(-1)!;
  assert.deepEqual([row.event, row.problem], ['sign-in-refused', 'sign-in-failed']);
  assert.match(row.detail, /authenticate: pam_authenticate/);
});

test('a second round shows the texts that came before its prompt', async (t) => {
  const { gateway } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('code'))) as Prompts;
  const next = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  assert.deepEqual(next.items, [
    { number: 1, style: 'info', text: 'A code was sent.' },
    { number: 2, style: 'shown', text: 'Code: ' },
  ]);
  const last = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  assert.equal(last.kind, 'signed-in');
});

test('what a module says while it waits is told at once, and what came of it to whoever asks next', async (t) => {
  const { gateway, machine, broker } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('push'))) as Prompts;
  const leader = await machine.started.take();
  const said = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  assert.deepEqual(
    [said.kind, said.items, said.kind === 'waiting' && said.seconds],
    ['waiting', [{ number: 1, style: 'info', text: 'enter 42' }], 120],
  );
  await gateway.refusedAs('bad-request', 'sign-in-answer', { conversation, sealed: [RIGHT] });
  // PAM decides while no request waits. The user is signed in only when a request fetches the result.
  leader.authenticated();
  await broker.conversations.get(conversation)!.turn;
  assert.equal(broker.tickets.listOf({ user: 'push', uid: 1000 } as never).length, 0);
  const [last, other] = await Promise.allSettled([
    gateway.ask('sign-in-answer', { conversation, sealed: [] }),
    gateway.ask('sign-in-answer', { conversation, sealed: [] }),
  ]);
  assert.equal(last.status === 'fulfilled' && last.value.kind, 'signed-in');
  assert.equal(other.status, 'rejected');
  assert.equal(broker.conversations.size, 0);
});

test('a refusal after words is judged by them, audited and told to whoever asks next', async (t) => {
  const { gateway, machine, audit, broker } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('push'))) as Prompts;
  const leader = await machine.started.take();
  await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  leader.prompt(['error', 'Denied on the telephone.']);
  leader.fail('account', 7, 'pam_acct_mgmt');
  await broker.conversations.get(conversation)!.turn!.catch(() => {});
  assert.equal(audit().at(-1)!.problem, 'sign-in-refused');
  const problem = await gateway.refused('sign-in-answer', { conversation, sealed: [] });
  assert.equal(problem.text, 'Denied on the telephone.');
  assert.equal(broker.conversations.size, 0);
});

for (const [user, code, text] of [
  ['expired', 'sign-in-refused', 'Your account has expired.'],
  ['minor', 'sign-in-refused', 'This account may not sign in here.'],
  ['ldap', 'sign-in-unavailable', /not possible at the moment/],
  ['crash', 'sign-in-unavailable', /not possible at the moment/],
  ['silent', 'sign-in-timeout', /Nobody confirmed this sign-in in time/],
] as const) {
  test(`what the machine answers to '${user}' is '${code}'`, async (t) => {
    const { gateway } = await withAudit(t);
    const { conversation } = (await gateway.ask('sign-in-start', beginAs(user))) as Prompts;
    const problem = await gateway.refused('sign-in-answer', { conversation, sealed: [RIGHT] });
    assert.equal(problem.code, code);
    if (typeof text === 'string') assert.equal(problem.text, text);
    else assert.match(problem.text, text);
  });
}

test('a name that cannot be one is refused in the words of a wrong password', async (t) => {
  const { gateway } = await withAudit(t);
  for (const user of ['', 'a\0b', 'a\nb', 'ä'.repeat(128), '\ud800']) {
    assert.equal((await gateway.refused('sign-in-start', beginAs(user))).code, 'sign-in-failed');
  }
});

test('rootd at its cap is busy, no rootd is unavailable', async (t) => {
  const { gateway, machine } = await withAudit(t);
  machine.full = true;
  assert.equal((await gateway.refused('sign-in-start', beginAs('ada'))).code, 'sign-in-busy');
  machine.close();
  assert.equal(
    (await gateway.refused('sign-in-start', beginAs('ada'))).code,
    'sign-in-unavailable',
  );
});

test('answers that do not fit are refused, and the conversation goes on', async (t) => {
  const { gateway } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('ada'))) as Prompts;
  for (const sealed of [[], [RIGHT, RIGHT], ['AAAA'], ['%'], [7]]) {
    await gateway.refusedAs('bad-request', 'sign-in-answer', { conversation, sealed });
  }
  const last = await gateway.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
  assert.equal(last.kind, 'signed-in');
});

test('cancelling ends the leader without an answer', async (t) => {
  const { gateway, machine, broker } = await withAudit(t);
  const { conversation } = (await gateway.ask('sign-in-start', beginAs('ada'))) as Prompts;
  const leader = await machine.started.take();
  await gateway.ask('sign-in-cancel', { conversation });
  assert.equal(broker.conversations.size, 0);
  await gateway.refusedAs('conversation-gone', 'sign-in-answer', {
    conversation,
    sealed: [RIGHT],
  });
  assert.deepEqual(
    leader.received.all.map(({ name }) => name),
    ['hello', 'authenticate'],
  );
});

test("a conversation is its connection's alone, and ends with it", async (t) => {
  const fixture = await startFixture(t);
  const other = await fixture.connect('gateway');
  const { conversation } = (await fixture.gateway.ask('sign-in-start', beginAs('ada'))) as Prompts;
  await other.refusedAs('conversation-gone', 'sign-in-answer', { conversation, sealed: [RIGHT] });
  const { owner } = fixture.broker.conversations.get(conversation)!;
  const gone = new Promise((resolve) => owner.closed.addEventListener('abort', resolve));
  fixture.gateway.frames.destroy();
  await gone;
  assert.equal(fixture.broker.conversations.size, 0);
});

async function withAudit(context: import('node:test').TestContext) {
  const fixture = await startFixture(context);
  const { gateway, machine, broker } = fixture;
  return { gateway, machine, broker, audit: () => fixture.audit() };
}

test('a conversation keeps the name that the gateway gave it, which no other gets', async (t) => {
  const { gateway } = await startFixture(t);
  const ask = beginAs('ada');
  const first = (await gateway.ask('sign-in-start', ask)) as Prompts;
  assert.equal(first.conversation, ask.conversation);
  await gateway.refusedAs('bad-request', 'sign-in-start', ask);
});
