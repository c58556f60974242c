/** Answers to GET /api/home, and what the live connection says meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryClient } from '@tanstack/react-query';
import type { UserName } from '../../protocol/ids.ts';
import type { Home, HomeSessionState } from '../../protocol/page-gateway.ts';
import { HOME_KEY } from '../home-key.ts';
import { askHome } from './ask-home.ts';
import { takeNews } from './take-news.ts';

function homeIn(state: HomeSessionState, now: number): Home {
  const homeSession = { state, since: 1, problem: null, texts: [] };
  const lists = { sessions: [], pamSessions: [], troubles: [] };
  return { user: 'ada' as UserName, host: 'a', now, homeSession, ...lists };
}

/** answer: to what has been asked. hear: the live connection says so. */
function start() {
  const client = new QueryClient();
  const { promise, resolve: answer } = Promise.withResolvers<Home>();
  const queryFn = () => askHome(client, () => promise);
  const { homeSession } = homeIn('open', 0);
  const hear = () =>
    client.setQueryData<Home>(
      HOME_KEY,
      (home) => home && takeNews(home, { kind: 'home-session', homeSession }),
    );
  return { client, answer, hear, ask: () => client.fetchQuery({ queryKey: HOME_KEY, queryFn }) };
}

test('an answer does not replace what was said since it was asked for; its time counts', async () => {
  const { client, answer, hear, ask } = start();
  client.setQueryData(HOME_KEY, homeIn('off', 1));
  const asked = ask();
  hear();
  answer(homeIn('opening', 2));
  assert.deepEqual(await asked, homeIn('open', 2));
  assert.deepEqual(client.getQueryData(HOME_KEY), homeIn('open', 2));
});

test('an answer to which nothing came is what there is', async () => {
  const { client, answer, hear, ask } = start();
  client.setQueryData(HOME_KEY, homeIn('off', 1));
  hear();
  const asked = ask();
  answer(homeIn('opening', 2));
  assert.deepEqual(await asked, homeIn('opening', 2));
});

test('the first answer is taken as it is', async () => {
  const { answer, hear, ask } = start();
  const asked = ask();
  hear();
  answer(homeIn('opening', 1));
  assert.deepEqual(await asked, homeIn('opening', 1));
});
