import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationId, UserName } from '../../protocol/ids.ts';
import type { SignInStep } from '../../protocol/page-gateway.ts';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';
import { ConnectionError, ProblemError } from '../api.ts';
import { toBase64 } from './base64.ts';
import { type SignInApi, SignInRunner } from './sign-in-runner.ts';

const conversation = '00112233445566778899aabbccddeeff' as ConversationId;
const key = { public: toBase64(new Uint8Array(32).fill(9)), expires: 1_800_000_000_000 };
const asks: SignInStep = {
  kind: 'prompts',
  conversation,
  key,
  items: [{ number: 4, style: 'hidden', text: 'Password: ' }],
};
const signedIn: SignInStep = {
  ...{ kind: 'signed-in', user: 'ada' as UserName, items: [], home: null },
};
const problem = { code: 'sign-in-failed', text: 'No.', reference: '0123456789ab' } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Answers with these, in turn; `calls` says what was asked. */
function serve(...answers: (SignInStep | Error)[]): { api: SignInApi; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const next = async (...call: unknown[]): Promise<SignInStep> => {
    calls.push(call);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  };
  const api: SignInApi = {
    startSignIn: (start) => next('start', start),
    answer: (id, body) => next('answer', id, body),
    cancelSignIn: async (id) => {
      calls.push(['cancel', id]);
      return null;
    },
  };
  return { api, calls };
}

/** Until the runner comes to this state. */
function reaches(runner: SignInRunner, kind: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = runner.subscribe(() => {
      if (runner.state.kind !== kind) return;
      stop();
      resolve();
    });
  });
}

test('signs in with name and password: one sealed answer, and the password is wiped', async () => {
  const { api, calls } = serve(asks, signedIn);
  const runner = new SignInRunner(api);
  const password = bytes('secret');
  runner.start('ada', password);
  await reaches(runner, 'signed-in');
  assert.deepEqual(calls[0], ['start', { user: 'ada' }]);
  const [, id, body] = calls[1] as [string, string, { answers: string[] }];
  assert.equal(id, conversation);
  assert.equal(body.answers.length, 1);
  assert.equal(atob(body.answers[0]!).length, SEALED_BYTES);
  assert.deepEqual(password, new Uint8Array(6));
});

test('asks when there is no password yet, and wipes what was typed', async () => {
  const { api, calls } = serve(asks, signedIn);
  const runner = new SignInRunner(api);
  runner.start('ada', new Uint8Array());
  await reaches(runner, 'prompts');
  const typed = bytes('secret');
  const done = reaches(runner, 'signed-in');
  runner.answer(new Map([[4, typed]]));
  await done;
  assert.equal(calls.length, 2);
  assert.deepEqual(typed, new Uint8Array(6));
});

test('a refusal shows the problem and wipes the password', async () => {
  const { api } = serve(new ProblemError(problem));
  const runner = new SignInRunner(api);
  const password = bytes('secret');
  runner.start('ada', password);
  await reaches(runner, 'credentials');
  assert.equal(runner.state.kind === 'credentials' && runner.state.problem, problem);
  assert.deepEqual(password, new Uint8Array(6));
});

test('an answer that nobody took is sent again as it was', async () => {
  const { api, calls } = serve(asks, new ConnectionError('gone'), signedIn);
  const runner = new SignInRunner(api, (run) => run());
  runner.start('ada', bytes('secret'));
  await reaches(runner, 'signed-in');
  assert.equal(calls.length, 3);
  assert.deepEqual(calls[1], calls[2]);
});

test('prompts that come after a cancel are cancelled at the server', async () => {
  const { api, calls } = serve(asks);
  const cancelled = Promise.withResolvers<void>();
  const runner = new SignInRunner({
    ...api,
    cancelSignIn: async (id) => {
      calls.push(['cancel', id]);
      cancelled.resolve();
      return null;
    },
  });
  runner.start('ada', bytes('secret'));
  runner.cancel();
  await cancelled.promise;
  assert.equal(runner.state.kind, 'credentials');
  assert.deepEqual(calls.at(-1), ['cancel', conversation]);
});
