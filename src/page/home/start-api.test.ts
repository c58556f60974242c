import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationId, SessionId } from '../../protocol/ids.ts';
import type { SessionAnswers, SessionStep } from '../../protocol/page-gateway.ts';
import { startApi } from './start-api.ts';

const session = '0'.repeat(32) as SessionId;
const conversation = 'a'.repeat(32) as ConversationId;

test('each request says which message came last; what was lost is asked for again', async () => {
  const asked: SessionAnswers[] = [];
  const steps: (SessionStep | Error)[] = [
    {
      ...{ kind: 'waiting', conversation, key: null, seconds: null },
      items: [{ number: 4, style: 'info', text: 'Wait.' }],
    },
    new Error('lost'),
    { kind: 'waiting', conversation, key: null, seconds: null, items: [] },
    { kind: 'over' },
  ];
  const api = startApi(session, {
    answerStart: async (_id, answers) => {
      asked.push(answers);
      const step = steps.shift()!;
      if (step instanceof Error) throw step;
      return step;
    },
    cancelStart: async () => null,
  });
  await api.startSignIn({ user: 'ada' });
  await assert.rejects(api.answer(conversation, { answers: ['x'] }));
  await api.answer(conversation, { answers: ['x'] });
  await api.answer(conversation, { answers: [] });
  assert.deepEqual(
    asked.map(({ answers, after }) => [answers.length, after]),
    [
      [0, -1],
      [1, 4],
      [1, 4],
      [0, 4],
    ],
  );
});
