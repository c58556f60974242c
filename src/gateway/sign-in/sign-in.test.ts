/** Signing in and out through the gateway: the conversation, its key, its browser, the ticket cookie. */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { FAKE_BROWSER } from '../../../test/fakes/fake-broker.ts';
import {
  type Answer,
  problemOf,
  sealedAnswer,
  startFixture,
} from '../../../test/fakes/gateway-fixture.ts';

const steps = (answer: Answer) => JSON.parse(answer.text);
const answers = { answers: [sealedAnswer()] };

/** The server's side of the next request. */
function nextResponse(): Promise<ServerResponse> {
  const started = channel('http.server.request.start');
  return new Promise((resolve) => {
    const see = (message: unknown): void => {
      started.unsubscribe(see);
      resolve((message as { response: ServerResponse }).response);
    };
    started.subscribe(see);
  });
}

test('a password makes a ticket cookie, and the ticket shows the home', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  assert.equal(first.status, 200);
  const { kind, conversation, key, items } = steps(first);
  assert.equal(kind, 'prompts');
  assert.deepEqual(items, [{ number: 0, style: 'hidden', text: 'Password: ' }]);
  assert.deepEqual(Object.keys(key), ['public', 'expires']);
  assert.match(
    first.headers['set-cookie']![0]!,
    /^__Host-Http-vestibule-sign-in=[\w-]{43}; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Strict$/,
  );
  const cookie = first.cookies.join('; ');
  const last = await gateway.post(`/api/sign-in/${conversation}`, answers, { cookie });
  assert.deepEqual(steps(last), { kind: 'signed-in', user: 'alice', items: [], home: null });
  const [ticket, cleared, browser] = last.headers['set-cookie']!;
  assert.match(
    ticket!,
    /^__Host-Http-vestibule-ticket=1\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  assert.match(cleared!, /^__Host-Http-vestibule-sign-in=; Path=\/; Max-Age=0;/);
  assert.equal(
    browser,
    `__Host-Http-vestibule-browser=${FAKE_BROWSER}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict`,
  );
  const { origin } = await gateway.asked('sign-in-start');
  assert.equal((origin as { address: string }).address, '127.0.0.1');
  const home = await gateway.ask('/api/home', { cookie: last.cookies[0]! });
  assert.equal(steps(home).user, 'alice');
});

test('the home comes with the end of a sign-in that asks for it, if it can', async (t) => {
  const gateway = await startFixture(t);
  const signIn = async () => {
    const first = await gateway.post('/api/sign-in', { user: 'alice' });
    const path = `/api/sign-in/${steps(first).conversation}`;
    const body = { ...answers, visit: true };
    return steps(await gateway.post(path, body, { cookie: first.cookies.join('; ') }));
  };
  assert.equal((await signIn()).home.user, 'alice');
  await gateway.order({ order: 'refuse', type: 'home-visit', code: 'internal' });
  assert.equal((await signIn()).home, null);
});

for (const [proxies, address] of [
  ['', '127.0.0.1'],
  ['192.0.2.1', '127.0.0.1'],
  ['192.0.2.1,127.0.0.1', '198.51.100.7'],
] as const) {
  test(`with the proxies '${proxies}' the client is ${address}`, async (t) => {
    const gateway = await startFixture(t, {}, proxies.split(',').filter(Boolean));
    const headers = {
      'x-forwarded-for': '203.0.113.1, 198.51.100.7',
      forwarded: 'for=203.0.113.9',
    };
    await gateway.post('/api/sign-in', { user: 'alice' }, { headers });
    const { origin } = await gateway.asked('sign-in-start');
    assert.equal((origin as { address: string }).address, address);
  });
}

test('PAM may ask more than once', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'otto' });
  const cookie = first.cookies[0]!;
  const path = `/api/sign-in/${steps(first).conversation}`;
  const second = await gateway.post(path, answers, { cookie });
  assert.deepEqual(
    steps(second).items.map((item: { style: string }) => item.style),
    ['info', 'shown'],
  );
  assert.deepEqual(second.cookies, first.cookies);
  const last = await gateway.post(path, answers, { cookie });
  assert.equal(steps(last).kind, 'signed-in');
});

test('a profile that asks nothing signs in at once', async (t) => {
  const gateway = await startFixture(t);
  const answer = await gateway.post('/api/sign-in', { user: 'at-once' });
  assert.equal(steps(answer).kind, 'signed-in');
});

test('a wrong password is said with the broker’s reference, which the log has too', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'mallory' });
  const path = `/api/sign-in/${steps(first).conversation}`;
  const refused = await gateway.post(path, answers, { cookie: first.cookies[0]! });
  assert.equal(refused.status, 401);
  const { code, reference } = problemOf(refused);
  assert.equal(code, 'sign-in-failed');
  await gateway.logged.take(({ fields }) => fields.reference === reference);
  const again = await gateway.post(path, answers, { cookie: first.cookies[0]! });
  assert.equal(problemOf(again).code, 'conversation-gone');
});

for (const user of ['forged', 'replayed']) {
  test(`a conversation key that no leader made for this question is refused: ${user}`, async (t) => {
    const gateway = await startFixture(t);
    const refused = await gateway.post('/api/sign-in', { user });
    assert.equal(refused.status, 503);
    assert.equal(problemOf(refused).code, 'sign-in-unavailable');
    assert.deepEqual(refused.cookies, []);
    assert.doesNotMatch(refused.text, /public/);
    const { level, fields } = await gateway.logged.take(({ event }) => event === 'request failed');
    assert.equal(level, 'warning');
    assert.match(String(fields.detail), /^conversation key refused: /);
    await gateway.asked('sign-in-cancel');
  });
}

for (const user of ['behind', 'ahead']) {
  test(`a leader whose clock is a year ${user} is as good as any`, async (t) => {
    const gateway = await startFixture(t);
    const first = await gateway.post('/api/sign-in', { user });
    assert.equal(first.status, 200);
    const path = `/api/sign-in/${steps(first).conversation}`;
    const last = await gateway.post(
      path,
      { answers: [sealedAnswer()] },
      { cookie: first.cookies[0]! },
    );
    assert.equal(JSON.parse(last.text).kind, 'signed-in');
  });
}

test('nobody but the browser that began a conversation can answer or cancel it', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  const other = await gateway.post('/api/sign-in', { user: 'alice' });
  const path = `/api/sign-in/${steps(first).conversation}`;
  for (const cookie of [undefined, other.cookies[0]!]) {
    const refused = await gateway.post(path, answers, { ...(cookie && { cookie }) });
    assert.equal(refused.status, 410);
    const cancelled = await gateway.ask(path, { method: 'DELETE', ...(cookie && { cookie }) });
    assert.equal(cancelled.status, 410);
  }
  assert.equal(gateway.countAsked('sign-in-answer'), 0);
  assert.equal(gateway.countAsked('sign-in-cancel'), 0);
  const cookie = first.cookies[0]!;
  const both = { answers: [sealedAnswer(), sealedAnswer()] };
  assert.equal((await gateway.post(path, both, { cookie })).status, 400);
  const own = await gateway.post(path, answers, { cookie });
  assert.equal(own.status, 200);
});

test('two tabs of one browser sign in side by side', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  const cookie = first.cookies[0]!;
  const second = await gateway.post('/api/sign-in', { user: 'bob' }, { cookie });
  assert.deepEqual(second.cookies, [cookie]);
  const one = await gateway.post(`/api/sign-in/${steps(first).conversation}`, answers, { cookie });
  const two = await gateway.post(`/api/sign-in/${steps(second).conversation}`, answers, { cookie });
  assert.deepEqual([steps(one).user, steps(two).user], ['alice', 'bob']);
});

test('a sign-in cookie that is not ours is not taken over', async (t) => {
  const gateway = await startFixture(t);
  const cookie = `__Host-Http-vestibule-sign-in=${'x'.repeat(43)}`;
  const first = await gateway.post('/api/sign-in', { user: 'alice' }, { cookie });
  assert.notEqual(first.cookies[0], cookie);
});

test('a conversation can be cancelled, then it is gone', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  const path = `/api/sign-in/${steps(first).conversation}`;
  const cookie = first.cookies[0]!;
  assert.equal((await gateway.ask(path, { method: 'DELETE', cookie })).status, 204);
  await gateway.asked('sign-in-cancel');
  assert.equal((await gateway.post(path, answers, { cookie })).status, 410);
});

test('a conversation ends with its key, and with the broker', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  const second = await gateway.post('/api/sign-in', { user: 'alice' });
  gateway.advance(11 * 60_000);
  const late = await gateway.post(`/api/sign-in/${steps(first).conversation}`, answers, {
    cookie: first.cookies[0]!,
  });
  assert.equal(problemOf(late).code, 'conversation-gone');
  gateway.advance(-11 * 60_000);
  await gateway.killBroker();
  await gateway.restartBroker();
  const lost = await gateway.post(`/api/sign-in/${steps(second).conversation}`, answers, {
    cookie: second.cookies[0]!,
  });
  assert.equal(problemOf(lost).code, 'conversation-gone');
});

test('a browser that goes away while PAM works leaves nothing behind', async (t) => {
  const gateway = await startFixture(t);
  await gateway.order({ order: 'hold', type: 'sign-in-start' });
  const response = nextResponse();
  const request = gateway.send('/api/sign-in', { method: 'POST', body: '{"user":"at-once"}' });
  request.on('error', () => {});
  await gateway.asked('sign-in-start');
  const closed = once(await response, 'close');
  request.destroy();
  await closed;
  await gateway.order({ order: 'release' });
  await gateway.logged.take(({ fields }) => /closed the connection/.test(String(fields.detail)));
  await gateway.asked('sign-out');
});

test('signing out ends the ticket and clears the cookie; signing in again ends the one before', async (t) => {
  const gateway = await startFixture(t);
  const ticket = await gateway.signIn('alice');
  const out = await gateway.ask('/api/sign-out', { method: 'POST', cookie: ticket });
  assert.equal(out.status, 204);
  assert.match(
    out.headers['set-cookie']![0]!,
    /^__Host-Http-vestibule-ticket=; Path=\/; Max-Age=0;/,
  );
  assert.equal((await gateway.ask('/api/home', { cookie: ticket })).status, 401);
  await gateway.asked('sign-out');
  const again = await gateway.ask('/api/sign-out', { method: 'POST', cookie: ticket });
  assert.equal(again.status, 204);
  await gateway.asked('sign-out');

  const first = await gateway.signIn('alice');
  const answer = await gateway.post('/api/sign-in', { user: 'at-once' }, { cookie: first });
  assert.equal(steps(answer).user, 'at-once');
  assert.equal((await gateway.asked('sign-out')).ticket, first.split('=')[1]);
  assert.equal((await gateway.ask('/api/home', { cookie: first })).status, 401);
});

test('signing out without a broker fails and keeps the cookie', async (t) => {
  const gateway = await startFixture(t);
  const ticket = await gateway.signIn('alice');
  await gateway.killBroker();
  const out = await gateway.ask('/api/sign-out', { method: 'POST', cookie: ticket });
  assert.equal(out.status, 503);
  assert.deepEqual(out.cookies, []);
});

test('a browser that has signed in shows so at its next sign-in, and another nothing', async (t) => {
  const gateway = await startFixture(t);
  const signedIn = await gateway.signIn('alice');
  await gateway.asked('sign-in-start');
  const shown = async (cookie?: string) => {
    await gateway.post('/api/sign-in', { user: 'alice' }, cookie === undefined ? {} : { cookie });
    return ((await gateway.asked('sign-in-start')) as { browser?: string }).browser;
  };
  assert.match(signedIn, /^__Host-Http-vestibule-ticket=/);
  assert.equal(await shown(`__Host-Http-vestibule-browser=${FAKE_BROWSER}`), FAKE_BROWSER);
  assert.equal(await shown('__Host-Http-vestibule-browser=chosen'), undefined);
  assert.equal(await shown(), undefined);
});

test('what can be no name is the broker’s to refuse, which counts it', async (t) => {
  const gateway = await startFixture(t);
  for (const user of ['', ' ', 'a/b', '-x', 'ä'.repeat(128)]) {
    await gateway.post('/api/sign-in', { user });
    const asked = await gateway.asked('sign-in-start');
    assert.equal((asked as { user?: string }).user, user);
  }
});

test('malformed sign-ins never reach the broker', async (t) => {
  const gateway = await startFixture(t);
  const first = await gateway.post('/api/sign-in', { user: 'alice' });
  const path = `/api/sign-in/${steps(first).conversation}`;
  const cookie = first.cookies[0]!;
  await gateway.asked('sign-in-start');
  for (const value of [{}, { user: 7 }, { user: 'a', more: 1 }, { user: 'ä'.repeat(1025) }, []]) {
    assert.equal((await gateway.post('/api/sign-in', value)).status, 400);
  }
  const short = Buffer.alloc(600).toString('base64');
  const values = [{}, { answers: 'x' }, { answers: [short] }, { answers: ['*'.repeat(832)] }];
  for (const value of [...values, { answers: Array(33).fill(sealedAnswer()) }]) {
    assert.equal((await gateway.post(path, value, { cookie })).status, 400);
  }
  assert.equal((await gateway.post('/api/sign-in/..', answers)).status, 404);
  assert.equal((await gateway.post('/api/sign-in/xyz', answers)).status, 404);
  assert.equal(gateway.countAsked('sign-in-start'), 0);
  assert.equal(gateway.countAsked('sign-in-answer'), 0);
});
