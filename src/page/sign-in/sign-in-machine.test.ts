import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationId, UserName } from '../../protocol/ids.ts';
import type { PromptItem, PromptStyle, SignInStep } from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';
import {
  advance,
  firstState,
  type SignInEffect,
  type SignInEvent,
  type SignInState,
} from './sign-in-machine.ts';

const id = '00112233445566778899aabbccddeeff' as ConversationId;
const key = { public: 'AAAA', expires: 1 };
const conversation = { id, key };
const problem: Problem = { code: 'sign-in-failed', text: 'No.', reference: '0123456789ab' };
const ask = (...styles: PromptStyle[]): SignInStep => ({
  kind: 'prompts',
  conversation: id,
  key,
  items: styles.map((style, number): PromptItem => ({ number, style, text: `${style}:` })),
});
const start = (held: boolean): SignInEvent => ({ kind: 'start', user: 'ada', held });
const sealed = (usedHeld: boolean): SignInEvent => ({ kind: 'sealed', sealed: ['x'], usedHeld });

/** The last state, and the effects of the last event. */
function run(...events: SignInEvent[]): [SignInState, readonly SignInEffect[]] {
  let [state, effects]: [SignInState, readonly SignInEffect[]] = [firstState, []];
  for (const event of events) [state, effects] = advance(state, event);
  return [state, effects];
}
const kinds = (effects: readonly SignInEffect[]): string[] => effects.map(({ kind }) => kind);

test('the password of the first screen answers the first hidden prompt', () => {
  const [state, effects] = run(start(true), { kind: 'step', step: ask('hidden') });
  assert.equal(state.kind, 'prompts');
  assert.deepEqual(effects, [{ kind: 'seal-held', conversation, prompt: 0 }]);
  const [next, sent] = advance(state, sealed(true));
  assert.equal(next.kind, 'working');
  assert.equal(next.held, false);
  assert.deepEqual(sent, [
    { kind: 'send', request: { kind: 'answers', conversation, sealed: ['x'] } },
  ]);
});

const waiting = (text: string, seconds: number): SignInEvent => ({
  kind: 'step',
  step: {
    ...{ kind: 'waiting', conversation: id, key, seconds },
    items: text === '' ? [] : [{ number: 1, style: 'info', text }],
  },
});

test('while PAM works the page asks on, shows what it says and for how long it may', () => {
  const steps = [start(true), { kind: 'step', step: ask('hidden') } as const, sealed(true)];
  const [state, effects] = run(...steps, waiting('enter 42', 120), waiting('', 115));
  assert.equal(state.kind, 'working');
  assert.deepEqual(
    state.messages.map(({ text }) => text),
    ['enter 42'],
  );
  assert.deepEqual([state.wait?.seconds, state.asked], [115, true]);
  const request = { kind: 'answers', conversation, sealed: [] };
  assert.deepEqual(effects, [{ kind: 'send', request }]);
  const user = 'ada' as UserName;
  const step = { kind: 'signed-in', user, items: [], home: null } as const;
  const [done] = advance(state, { kind: 'step', step });
  assert.deepEqual([done.messages.map(({ text }) => text), done.wait], [['enter 42'], null]);
  assert.deepEqual(kinds(advance(state, { kind: 'cancel' })[1]), ['wipe-held', 'cancel']);
});

test('a question after words has its own time', () => {
  const [state] = run(start(false), waiting('A code was sent.', 9), {
    kind: 'step',
    step: ask('shown'),
  });
  assert.deepEqual([state.kind, state.wait], ['prompts', null]);
});

test('it answers no second hidden prompt', () => {
  const step: SignInEvent = { kind: 'step', step: ask('hidden') };
  const [state, effects] = run(start(true), step, sealed(true), step);
  assert.equal(state.kind === 'prompts' && state.heldFor, null);
  assert.deepEqual(effects, []);
});

test('a shown prompt before the hidden one leaves the password held', () => {
  const [state, effects] = run(start(true), { kind: 'step', step: ask('shown') });
  assert.deepEqual(effects, []);
  const [working] = advance(state, sealed(false));
  const [, sealing] = advance(working, { kind: 'step', step: ask('hidden') });
  assert.deepEqual(kinds(sealing), ['seal-held']);
});

test('hidden and shown together: only the rest is asked', () => {
  const [state, effects] = run(start(true), { kind: 'step', step: ask('hidden', 'shown') });
  assert.equal(state.kind === 'prompts' && state.heldFor, 0);
  assert.deepEqual(effects, []);
});

test('an empty password answers nothing', () => {
  const [state, effects] = run(start(false), { kind: 'step', step: ask('hidden') });
  assert.equal(state.kind === 'prompts' && state.heldFor, null);
  assert.deepEqual(effects, []);
});

test('texts are kept in order; a step that asks nothing is answered with nothing', () => {
  const [state, effects] = run(start(false), { kind: 'step', step: ask('info', 'error') });
  assert.deepEqual(
    state.messages.map(({ text }) => text),
    ['info:', 'error:'],
  );
  assert.deepEqual(effects, [
    { kind: 'send', request: { kind: 'answers', conversation, sealed: [] } },
  ]);
  const [prompts] = advance(state, { kind: 'step', step: ask('info', 'hidden') });
  assert.equal(prompts.messages.length, 3);
});

test('signed in: the password is wiped, the last texts are kept', () => {
  const items: PromptItem[] = [{ number: 0, style: 'info', text: 'Welcome' }];
  const step: SignInStep = { kind: 'signed-in', user: 'ada' as UserName, items, home: null };
  const [state, effects] = run(start(true), { kind: 'step', step });
  assert.equal(state.kind, 'signed-in');
  assert.deepEqual(state.messages, items);
  assert.deepEqual(kinds(effects), ['wipe-held']);
});

test('a problem brings the first screen back with the user name, and wipes the password', () => {
  const [state, effects] = run(start(true), { kind: 'problem', problem });
  assert.deepEqual(state, { ...firstState, user: 'ada', problem });
  assert.deepEqual(kinds(effects), ['wipe-held']);
});

test('connection lost: the same request is sent again, later each time', () => {
  const [state, effects] = run(start(true), { kind: 'lost' }, { kind: 'retry' }, { kind: 'lost' });
  assert.equal(state.kind === 'working' && state.lost, 2);
  assert.deepEqual(effects, [{ kind: 'retry-later', attempt: 1 }]);
  const [sending, again] = advance(state, { kind: 'retry' });
  assert.deepEqual(again, [{ kind: 'send', request: { kind: 'start' } }]);
  assert.deepEqual(advance(sending, { kind: 'retry' }), [sending, []]);
  assert.equal(state.held, true);
});

test('cancel ends the conversation, whether it asks or works', () => {
  const asked = run(start(true), { kind: 'step', step: ask('shown') })[0];
  const working = advance(asked, sealed(false))[0];
  for (const state of [asked, working]) {
    const [first, effects] = advance(state, { kind: 'cancel' });
    assert.deepEqual(first, { ...firstState, user: 'ada' });
    assert.deepEqual(effects, [{ kind: 'wipe-held' }, { kind: 'cancel', conversation }]);
  }
  assert.deepEqual(kinds(run(start(true), { kind: 'cancel' })[1]), ['wipe-held']);
});

test('what comes too late changes nothing', () => {
  const late: SignInEvent[] = [
    { kind: 'step', step: ask('hidden') },
    { kind: 'problem', problem },
    { kind: 'lost' },
    { kind: 'retry' },
    sealed(true),
    { kind: 'cancel' },
  ];
  for (const event of late) assert.deepEqual(advance(firstState, event), [firstState, []]);
  const [working] = run(start(true));
  assert.deepEqual(advance(working, start(false)), [working, []]);
});

test('a question that another page has answered is followed to what comes next', () => {
  const asked = run(start(false), { kind: 'step', step: ask('shown') })[0];
  assert.deepEqual(advance(asked, { kind: 'follow', asks: 0 }), [asked, []]);
  const [state, effects] = advance(asked, { kind: 'follow', asks: null });
  assert.equal(state.kind, 'working');
  const request = { kind: 'answers', conversation, sealed: [] };
  assert.deepEqual(effects, [{ kind: 'send', request }]);
  assert.deepEqual(advance(state, { kind: 'follow', asks: 3 }), [state, []]);
});

test('a session that opens needs nobody any more', () => {
  const [state, effects] = run(start(false), { kind: 'step', step: { kind: 'over' } });
  assert.equal(state.kind, 'over');
  assert.deepEqual(kinds(effects), ['wipe-held']);
  assert.deepEqual(advance(state, { kind: 'cancel' }), [state, []]);
});
