/** Home, starting and ending sessions, and the way over to the session origin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ENDED_SESSION,
  FAKE_PAM_SESSION,
  FAKE_REFERENCE,
  FAKE_SESSION,
  STARTING_SESSION,
} from '../../../test/fakes/fake-broker.ts';
import { problemOf, startFixture } from '../../../test/fakes/gateway-fixture.ts';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';

const entrance = `/s/${FAKE_SESSION}/`;
const navigate = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  accept: 'text/html',
};

test('home shows the person, the host and the sessions, and does not keep the ticket alive', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  gateway.advance(31_000);
  const home = JSON.parse((await gateway.ask('/api/home', { cookie })).text);
  assert.deepEqual([home.user, home.host, home.sessions.length], ['alice', 'testhost', 2]);
  assert.equal(home.homeSession.state, 'open');
  assert.equal((await gateway.asked('home-visit')).retry, false);
  assert.equal(home.now, 3000, 'the broker’s clock, as its times are');
  assert.equal((await gateway.asked('ticket-check')).active, false);
});

test('acts keep the ticket alive', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  for (const [method, path, body] of [
    ['POST', '/api/home-session', '{}'],
    ['POST', '/api/sessions', '{"kind":"terminal"}'],
    ['PATCH', `/api/sessions/${FAKE_SESSION}`, '{"name":"x"}'],
    ['DELETE', `/api/sessions/${FAKE_SESSION}/conversation`, undefined],
    ['DELETE', `/api/sessions/${FAKE_SESSION}`, undefined],
    ['POST', `/api/pam-sessions/${FAKE_PAM_SESSION}/close`, '{}'],
    ['GET', entrance, undefined],
  ] as const) {
    gateway.advance(61_000);
    const { status } = await gateway.ask(path, { method, cookie, ...(body && { body }) });
    assert.ok(status < 400);
    assert.equal((await gateway.asked('ticket-check')).active, true);
  }
});

test('a session is started, with the address it is asked from, and ended', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const agent = { 'user-agent': 'x'.repeat(1000) };
  const started = await gateway.post(
    '/api/sessions',
    { kind: 'terminal' },
    { cookie, headers: agent },
  );
  assert.equal(started.status, 202);
  assert.equal(JSON.parse(started.text).state, 'starting');
  const { origin } = await gateway.asked('session-start');
  assert.deepEqual(origin, { address: '127.0.0.1', userAgent: 'x'.repeat(256) });
  const path = `/api/sessions/${FAKE_SESSION}`;
  const ended = await gateway.ask(path, { method: 'DELETE', cookie });
  assert.equal(ended.status, 202);
  assert.equal((await gateway.asked('session-end')).session, FAKE_SESSION);
});

test('a PAM session is closed by its id; malformed ones and another user’s are not there', async (t) => {
  const gateway = await startFixture(t);
  const [cookie, bob] = [await gateway.signIn('alice'), await gateway.signIn('bob')];
  const close = (id: string, options: object) =>
    gateway.ask(`/api/pam-sessions/${id}/close`, { method: 'POST', ...options });
  assert.equal((await close(FAKE_PAM_SESSION, { cookie })).status, 202);
  assert.equal((await gateway.asked('pam-session-close')).pamSession, FAKE_PAM_SESSION);
  assert.equal(problemOf(await close(FAKE_PAM_SESSION, { cookie: bob })).code, 'session-not-found');
  const asked = gateway.countAsked('pam-session-close');
  for (const id of ['x', '..%2f..', FAKE_PAM_SESSION.toUpperCase(), `${FAKE_PAM_SESSION}0`])
    assert.equal(problemOf(await close(id, { cookie })).code, 'session-not-found');
  assert.equal((await close(FAKE_PAM_SESSION, {})).status, 401);
  assert.equal(gateway.countAsked('pam-session-close'), asked);
});

test('a ticket or code of another version is none, and the broker is not asked', async (t) => {
  const gateway = await startFixture(t);
  const ticket = await gateway.signIn('alice');
  for (const prefix of ['', '0.', '2.', '1']) {
    const cookie = ticket.replace('=1.', `=${prefix}`);
    assert.equal((await gateway.ask('/api/home', { cookie })).status, 401);
    const entry = `/s/${FAKE_SESSION}/enter?code=${prefix}${'A'.repeat(43)}`;
    assert.equal((await gateway.ask(entry, { side: 'session' })).status, 400);
  }
  assert.deepEqual(
    ['ticket-check', 'session-pass'].map((type) => gateway.countAsked(type)),
    [0, 0],
  );
});

test('without a ticket, or with a malformed one, nothing of sessions is answered', async (t) => {
  const gateway = await startFixture(t);
  const ticket = await gateway.signIn('alice');
  const bad = [
    undefined,
    '__Host-Http-vestibule-ticket=short',
    `${ticket}; ${ticket}`,
    `${ticket}x`,
  ];
  for (const cookie of [...bad, `__Host-Http-vestibule-ticket=1.${'A'.repeat(43)}`]) {
    const options = cookie === undefined ? {} : { cookie };
    assert.equal((await gateway.ask('/api/home', options)).status, 401);
    assert.equal((await gateway.post('/api/sessions', { kind: 'terminal' }, options)).status, 401);
    const ended = await gateway.ask(`/api/sessions/${FAKE_SESSION}`, {
      method: 'DELETE',
      ...options,
    });
    assert.equal(ended.status, 401);
  }
  assert.equal(gateway.countAsked('session-start'), 0);
});

test('other kinds and malformed ids are refused, and another user’s session is not there', async (t) => {
  const gateway = await startFixture(t);
  const bob = await gateway.signIn('bob');
  assert.equal((await gateway.post('/api/sessions', { kind: 'run' }, { cookie: bob })).status, 400);
  const malformed = await gateway.ask('/api/sessions/xyz', { method: 'DELETE', cookie: bob });
  assert.equal(problemOf(malformed).code, 'session-not-found');
  const foreign = await gateway.ask(`/api/sessions/${FAKE_SESSION}`, {
    method: 'DELETE',
    cookie: bob,
  });
  assert.deepEqual(problemOf(foreign), {
    code: 'session-not-found',
    text: 'There is no such session, or it is not yours.',
    reference: FAKE_REFERENCE,
  });
  const page = await gateway.ask(entrance, { cookie: bob, headers: navigate });
  assert.equal(page.status, 404);
  assert.match(page.text, /There is no such session/);
});

test('a person is carried over to the session origin by a code that works once', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const first = await gateway.ask(entrance, { cookie, headers: navigate });
  assert.equal(first.status, 303);
  const { origin, pathname, search } = new URL(first.headers.location!);
  assert.equal(origin, gateway.origin('session'));
  assert.equal(pathname, `${entrance}enter`);
  const there = { side: 'session', headers: navigate } as const;
  const stolen = await gateway.ask(pathname + search, there);
  assert.equal(stolen.status, 403, 'in a browser that did not ask');
  const browser = first.cookies.join('; ');
  const second = await gateway.ask(pathname + search, { ...there, cookie: browser });
  assert.equal(second.status, 200);
  assert.match(second.text, /<title>terminal/);
  assert.equal(second.headers['cache-control'], 'no-store');
  const pass = new RegExp(
    `^__Secure-vestibule-session=1\\.[\\w-]{43}; Path=${entrance}; Secure; HttpOnly; SameSite=Strict$`,
  );
  assert.match(second.headers['set-cookie']![0]!, pass);
  const page = await gateway.ask(entrance, { side: 'session', cookie: second.cookies[0]! });
  assert.match(page.text, /<title>terminal/);
  assert.match(String(page.headers['content-security-policy']), /wss:\/\/localhost/);
  const again = await gateway.ask(pathname + search, { ...there, cookie: browser });
  assert.equal(again.status, 401);
  assert.deepEqual(again.cookies, []);
});

test('a code for one session is none for another', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const { headers, cookies } = await gateway.ask(entrance, { cookie });
  const { search } = new URL(headers.location!);
  const there = { side: 'session', cookie: cookies.join('; ') } as const;
  const other = await gateway.ask(`/s/${ENDED_SESSION}/enter${search}`, there);
  assert.equal(other.status, 401);
  for (const code of ['', 'short', '<script>aaaaaaaaaaaaaaaa']) {
    const path = `${entrance}enter?code=${encodeURIComponent(code)}`;
    assert.equal((await gateway.ask(path, { side: 'session' })).status, 400);
  }
});

test('an entrance without a ticket leads to the sign-in; without a code, to the home origin', async (t) => {
  const gateway = await startFixture(t);
  const signedOut = await gateway.ask(entrance, { headers: navigate });
  assert.deepEqual(
    [signedOut.status, signedOut.headers.location],
    [303, `/?session=${FAKE_SESSION}`],
  );
  const noCode = await gateway.ask(`${entrance}enter`, { side: 'session' });
  assert.deepEqual([noCode.status, noCode.headers.location], [303, gateway.origin() + entrance]);
});

test('a code is bound to the browser that asked: another one’s opens nothing', async (t) => {
  const gateway = await startFixture(t);
  const codeFor = async (browser: string) => {
    const cookie = [await gateway.signIn('alice'), browser].join('; ');
    const { headers, cookies } = await gateway.ask(entrance, { cookie });
    const { pathname, search } = new URL(headers.location!);
    return { path: pathname + search, browser: cookies[0] ?? browser };
  };
  const eve = await codeFor('');
  const ada = await codeFor('');
  const crossed = { side: 'session', cookie: ada.browser } as const;
  assert.equal((await gateway.ask(eve.path, crossed)).status, 401);
  const own = await codeFor(ada.browser);
  assert.equal(own.browser, ada.browser, 'one secret for as long as the browser lives');
  assert.equal((await gateway.ask(own.path, crossed)).status, 200);
});

test('without a pass a session’s page asks the home origin, which knows what is the matter', async (t) => {
  const gateway = await startFixture(t);
  const there = await gateway.ask(`/s/${'f'.repeat(32)}/`, { side: 'session', headers: navigate });
  assert.equal(there.status, 303);
  const { origin, pathname } = new URL(there.headers.location!);
  assert.equal(origin, gateway.origin());
  const cookie = await gateway.signIn('alice');
  const page = await gateway.ask(pathname, { cookie, headers: navigate });
  assert.equal(page.status, 404);
  assert.match(page.text, /There is no such session/);
});

test('codes are for navigations: no script of another page can make or use one', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  for (const headers of [
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ]) {
    assert.equal((await gateway.ask(entrance, { cookie, headers })).status, 403);
    const path = `${entrance}enter?code=${'a'.repeat(32)}`;
    assert.equal((await gateway.ask(path, { side: 'session', headers })).status, 403);
  }
  assert.equal(gateway.countAsked('session-enter'), 0);
  assert.equal(gateway.countAsked('session-pass'), 0);
});

test('a link from another site starts again from here; a code from another site is refused', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const headers = { ...navigate, 'sec-fetch-site': 'cross-site' };
  const bounced = await gateway.ask(entrance, { cookie, headers });
  assert.equal(bounced.status, 200);
  assert.match(
    bounced.text,
    new RegExp(`http-equiv="refresh" content="0;url=${entrance}\\?again"`),
  );
  assert.equal(gateway.countAsked('session-enter'), 0);
  const again = await gateway.ask(`${entrance}?again`, { cookie, headers: navigate });
  assert.equal(again.status, 303);
  const { pathname, search } = new URL(again.headers.location!);
  const foreign = await gateway.ask(pathname + search, { side: 'session', headers });
  assert.equal(foreign.status, 403);
  assert.equal(gateway.countAsked('session-pass'), 0);
});

test('a session that has ended cannot be entered', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const page = await gateway.ask(`/s/${ENDED_SESSION}/`, { cookie, headers: navigate });
  assert.equal(page.status, 410);
  assert.match(page.text, /This session has ended/);
});

test('a session that is still being started is waited for on the home page', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const { status, headers } = await gateway.ask(`/s/${STARTING_SESSION}/`, { cookie });
  assert.deepEqual([status, headers.location], [303, `/?session=${STARTING_SESSION}`]);
});

test('a session is renamed; a body that is no name is refused', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const path = `/api/sessions/${FAKE_SESSION}`;
  const rename = (body: string, ticket = cookie) =>
    gateway.ask(path, { method: 'PATCH', cookie: ticket, body });
  const renamed = await rename('{"name":"build"}');
  assert.deepEqual([renamed.status, JSON.parse(renamed.text).name], [200, 'build']);
  assert.equal(problemOf(await rename('{"name":"taken"}')).code, 'name-refused');
  for (const body of ['{}', '{"name":7}', '{"name":"x","id":"y"}', '']) {
    assert.equal(problemOf(await rename(body)).code, 'bad-request');
  }
  assert.equal(problemOf(await rename('{"name":"x"}', '')).code, 'not-signed-in');
  const bob = await gateway.signIn('bob');
  assert.equal(problemOf(await rename('{"name":"x"}', bob)).code, 'session-not-found');
});

const conversation = `/api/sessions/${FAKE_SESSION}/conversation`;
const SEALED = 'A'.repeat((SEALED_BYTES / 3) * 4);

test('what PAM asks while a session opens is heard with a verified key; answers keep the ticket alive', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  gateway.advance(31_000);
  const heard = await gateway.post(conversation, { answers: [], after: 6 }, { cookie });
  const { kind, key, items } = JSON.parse(heard.text);
  assert.deepEqual([heard.status, kind, items[0].number], [200, 'prompts', 7]);
  assert.deepEqual(Object.keys(key).sort(), ['expires', 'public']);
  assert.equal((await gateway.asked('ticket-check')).active, false);
  gateway.advance(31_000);
  const answered = await gateway.post(conversation, { answers: [SEALED], after: 7 }, { cookie });
  assert.deepEqual(JSON.parse(answered.text), { kind: 'over' });
  assert.equal((await gateway.asked('ticket-check')).active, true);
  const { after, sealed } = await gateway.asked('session-answer');
  assert.deepEqual([after, sealed], [6, []]);
});

for (const [what, body] of [
  ['no number', { answers: [] }],
  ['a number that none has', { answers: [], after: -2 }],
  ['a fraction', { answers: [], after: 0.5 }],
  ['an answer of another length', { answers: ['AAAA'], after: 0 }],
  ['too many answers', { answers: Array.from({ length: 33 }, () => SEALED), after: 0 }],
  ['another field', { answers: [], after: 0, user: 'bob' }],
] as const) {
  test(`of a session's conversation ${what} is refused`, async (t) => {
    const gateway = await startFixture(t);
    const cookie = await gateway.signIn('alice');
    const { status } = await gateway.post(conversation, body, { cookie });
    assert.ok(status === 400 || status === 413, `${status}`);
  });
}

test('without a ticket nobody hears, answers or cancels', async (t) => {
  const gateway = await startFixture(t);
  const heard = await gateway.post(conversation, { answers: [], after: -1 });
  assert.equal(problemOf(heard).code, 'not-signed-in');
  const { status } = await gateway.ask(conversation, { method: 'DELETE' });
  assert.equal(status, 401);
});
