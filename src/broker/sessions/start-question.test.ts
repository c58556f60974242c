/** Questions of modules while a session opens: every page of the user shows them and can answer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ORIGIN, RIGHT, startFixture, WRONG } from '../../../test/fakes/broker-fixture.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { StartTalk } from '../talks/start-talk.ts';

const terminal = (ticket: string) => ({ ticket, kind: 'terminal', origin: ORIGIN }) as const;

/** With a signed-in user who has a page open and has requested a session. */
async function startAs(t: TestContext, user: string) {
  const fixture = await startFixture(t);
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn(user);
  await gateway.ask('session-watch', { ticket });
  const { session } = await gateway.ask('session-start', terminal(ticket));
  const ask = { ticket, session: session.id };
  const hear = (after = -1, sealed: readonly string[] = []) =>
    gateway.ask('session-answer', { ...ask, after, sealed });
  return { fixture, gateway, machine: fixture.machine, ticket, ask, hear, id: session.id };
}
type Started = Awaited<ReturnType<typeof startAs>>;

const asking = ({ gateway }: Started, number: number) =>
  gateway.session(({ conversation }: SessionView) => conversation?.asks === number);

test('a question while a session opens is answered by its person, and the session runs', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  const step = await started.hear();
  assert.ok(step.kind === 'prompts');
  assert.deepEqual(step.items, [{ number: 0, style: 'hidden', text: 'Password: ' }]);
  assert.ok(started.fixture.broker.steps.size === 0, 'it is not stuck meanwhile');
  assert.deepEqual(await started.hear(0, [RIGHT]), { kind: 'over' });
  const { conversation } = await started.gateway.sessionIn('running');
  assert.equal(conversation, null);
  const { pamSession } = started.fixture.broker.sessions.find(started.id)!;
  const rows = started.fixture.audit().filter(({ event }) => event === 'session-question');
  assert.deepEqual(
    rows.map(({ user, session, detail }) => [user, session, detail]),
    [['asks', pamSession, "'Password:' answered"]],
  );
});

test('two questions and a text; a page loaded again, and a second one, have all of it', async (t) => {
  const started = await startAs(t, 'asks-twice');
  await asking(started, 1);
  for (const after of [-1, -1, 1]) {
    const step = await started.hear(after);
    assert.ok(step.kind === 'prompts');
    const styles = step.items.map(({ style }) => style);
    assert.deepEqual(styles, after < 0 ? ['info', 'shown'] : ['shown']);
  }
  const second = await started.hear(1, [RIGHT]);
  assert.ok(second.kind === 'prompts' && second.items[0]!.number === 2);
  // The other page answers the first question, which is over.
  const late = await started.hear(1, [WRONG]);
  assert.ok(late.kind === 'prompts' && late.items[0]!.number === 2);
  assert.deepEqual(await started.hear(2, [RIGHT]), { kind: 'over' });
  await started.gateway.sessionIn('running');
});

test('what a module says meanwhile is told at once', async (t) => {
  const started = await startAs(t, 'speaks');
  const { conversation } = await started.gateway.session((view) => view.conversation !== null);
  assert.deepEqual(conversation, { asks: null });
  const step = await started.hear();
  assert.ok(step.kind === 'waiting' && step.items[0]!.text === 'Looking for your disk.');
  const leader = await started.machine.opening.take();
  const next = started.hear(0);
  leader.question(['hidden', 'Its key: ']);
  assert.equal((await next).kind, 'prompts');
});

test('a wrong answer is the module’s to judge', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  assert.deepEqual(await started.hear(0, [WRONG]), { kind: 'over' });
  const { problem } = await started.gateway.sessionIn('failed');
  assert.equal(problem?.code, 'session-set-up');
  assert.doesNotMatch(problem!.text, /nobody/);
});

test('cancelled by its person: in words', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  await started.gateway.ask('session-cancel', started.ask);
  const { problem } = await started.gateway.sessionIn('failed');
  assert.match(problem!.text, /You did not answer/);
  // Later requests change nothing.
  await started.gateway.ask('session-cancel', started.ask);
  assert.deepEqual(await started.hear(0, [RIGHT]), { kind: 'over' });
});

test('ended while it asks: the question ends with it', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  await started.gateway.ask('session-end', started.ask);
  await started.gateway.sessionIn('failed');
  assert.equal(started.fixture.broker.links.size, 0);
});

test('nobody answers in the person’s time: in words', async (t) => {
  const fixture = await startFixture(t);
  const { ticket } = await fixture.gateway.signIn('asks');
  await fixture.gateway.ask('session-watch', { ticket });
  fixture.machine.patience = 0;
  await fixture.gateway.ask('session-start', terminal(ticket));
  const { problem } = await fixture.gateway.sessionIn('failed');
  assert.match(problem!.text, /Nobody answered in time/);
});

test('somebody else neither hears, answers nor cancels it', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  const { ticket } = await started.gateway.signIn('bob');
  const { gateway, id: session } = started;
  const answer = { ticket, session, after: 0, sealed: [RIGHT] };
  await gateway.refusedAs('session-not-found', 'session-answer', answer);
  await gateway.refusedAs('session-not-found', 'session-cancel', { ticket, session });
  assert.equal((await started.hear()).kind, 'prompts');
});

test('answers that do not fit are refused, and the question stays', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  for (const sealed of [[RIGHT, RIGHT], [RIGHT.slice(8)]]) {
    const answer = { ...started.ask, after: 0, sealed };
    await started.gateway.refusedAs('bad-request', 'session-answer', answer);
  }
  assert.deepEqual(await started.hear(0, [RIGHT]), { kind: 'over' });
});

test('who lets many questions wait has the next ones cancelled', async (t) => {
  const started = await startAs(t, 'asks');
  const { gateway, ticket } = started;
  await asking(started, 0);
  for (let i = 0; i < 3; i++) await gateway.ask('session-start', terminal(ticket));
  const { problem } = await gateway.sessionIn('failed');
  assert.match(problem!.text, /Others of your sessions wait/);
  assert.equal(
    [...started.fixture.broker.links.values()].filter(({ talk }) => talk?.question).length,
    3,
  );
});

test('another gateway finds the question where it was', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  started.gateway.frames.destroy();
  const gateway = await started.fixture.connect('gateway');
  const { sessions } = await gateway.ask('session-list', { ticket: started.ticket });
  assert.deepEqual(sessions[0]?.conversation, { asks: 0 });
  const answer = { ...started.ask, after: 0, sealed: [RIGHT] };
  assert.deepEqual(await gateway.ask('session-answer', answer), { kind: 'over' });
});

test('with one PAM session for all of a person’s, a start that waits for it asks; its opening by itself does not', async (t) => {
  const fixture = await startFixture(t);
  fixture.settings = { sessionsScope: 'user' };
  await fixture.restart();
  const { gateway } = fixture;
  const { ticket } = await gateway.signIn('asks');
  await gateway.ask('session-watch', { ticket });
  await gateway.ask('home-visit', { ticket, origin: ORIGIN, retry: false });
  await gateway.events.take(
    (came) => came.event === 'home-session' && came.homeSession.state === 'failed',
  );
  const { session } = await gateway.ask('session-start', terminal(ticket));
  await gateway.session(({ conversation }) => conversation?.asks === 0);
  const answer = { ticket, session: session.id, after: 0, sealed: [RIGHT] };
  await gateway.ask('session-answer', answer);
  await gateway.sessionIn('running', session.id);
});

test('a broker that comes again ends the question with the start', async (t) => {
  const started = await startAs(t, 'asks');
  await asking(started, 0);
  await started.fixture.restart();
  const { gateway } = started.fixture;
  const { sessions } = await gateway.ask('session-list', { ticket: started.ticket });
  assert.ok(sessions.every(({ conversation }) => conversation === null));
  const hear = { ...started.ask, after: -1, sealed: [] };
  assert.deepEqual(await gateway.ask('session-answer', hear), { kind: 'over' });
});

test('of many requests that hear the oldest is answered when there is one too many', () => {
  const talk = new StartTalk('a'.repeat(32) as ConversationId);
  const called: number[] = [];
  for (let i = 0; i < 10; i++) talk.whenSaid(-1)(() => called.push(i));
  assert.deepEqual(called, [0, 1]);
  talk.end();
  assert.equal(called.length, 10);
});
