/** What holds for every address: origins, hosts, content types, sizes, errors, and which side serves what. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { FAKE_SESSION } from '../../../test/fakes/fake-broker.ts';
import { type Fixture, problemOf, startFixture } from '../../../test/fakes/gateway-fixture.ts';
import { HOME_ORIGIN } from '../../protocol/page-gateway.ts';

/** Everything the server says to these bytes, until it closes. */
async function raw(gateway: Fixture, text: string): Promise<string> {
  const { home: port } = gateway.running.ports;
  const socket = connect({ port, host: 'localhost', ca: gateway.certificate });
  let said = '';
  socket.on('data', (chunk) => (said += chunk));
  socket.on('error', () => {});
  socket.write(text);
  await new Promise((resolve) => socket.on('close', resolve)); // reset while it is read is an end, too
  return said;
}

test('the home page and its files', async (t) => {
  const gateway = await startFixture(t);
  const page = await gateway.ask('/');
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  const origin = `https://localhost:${gateway.running.ports.home}`;
  assert.ok(page.text.startsWith(`<!doctype html><title>home</title><meta content="${origin}">`));
  assert.doesNotMatch(page.text, new RegExp(HOME_ORIGIN));
  assert.match(policy, /style-src 'self' 'sha256-[\w+/=]{44}';/);
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.match(
    policy,
    new RegExp(`connect-src 'self' wss://localhost:${gateway.running.ports.home};`),
  );

  const asset = await gateway.ask('/assets/home-1a2b.js');
  assert.equal(asset.text, 'plain');
  assert.equal(asset.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
  const accept = { 'accept-encoding': 'gzip, deflate, br' };
  const small = await gateway.ask('/assets/home-1a2b.js', { headers: accept });
  assert.deepEqual([small.text, small.headers['content-encoding']], ['brotli', 'br']);
  const gzip = { 'accept-encoding': 'gzip' };
  assert.equal((await gateway.ask('/assets/home-1a2b.js', { headers: gzip })).text, 'gzip');

  const icon = await gateway.ask('/favicon.svg');
  assert.equal(icon.headers['cache-control'], 'no-cache');
  const tag = { 'if-none-match': icon.headers.etag! };
  assert.equal((await gateway.ask('/favicon.svg', { headers: tag })).status, 304);
  const head = await gateway.ask('/favicon.svg', {
    method: 'HEAD',
    headers: { origin: undefined },
  });
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('every answer carries the security headers', async (t) => {
  const gateway = await startFixture(t);
  for (const path of ['/', '/assets/home-1a2b.js', '/api/home', '/nothing']) {
    const { headers } = await gateway.ask(path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['referrer-policy'], 'no-referrer', path);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path);
    const reach = path.startsWith('/assets/') ? 'same-site' : 'same-origin';
    assert.equal(headers['cross-origin-resource-policy'], reach, path);
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/, path);
    // The certificate of this test is a generated one.
    assert.equal(headers['strict-transport-security'], undefined, path);
  }
  assert.equal((await gateway.ask('/api/home')).headers['cache-control'], 'no-store');
});

test('no path leads out of the page', async (t) => {
  const gateway = await startFixture(t);
  const paths = [
    '/../key.pem',
    '/%2e%2e/key.pem',
    '/assets/../../key.pem',
    '/assets/home-1a2b.js.br',
  ];
  for (const path of [...paths, '/index.html', '/terminal.html', '/assets/%00', '/assets/%zz']) {
    assert.equal((await gateway.ask(path)).status, 404, path);
  }
});

test('each side serves only its own addresses', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const wrong = [
    ['session', 'GET', '/'],
    ['session', 'GET', '/api/home'],
    ['session', 'POST', '/api/sign-in'],
    ['session', 'POST', '/api/sessions'],
    ['session', 'GET', '/favicon.svg'],
    ['home', 'GET', `/s/${FAKE_SESSION}/enter?code=x`],
  ] as const;
  for (const [side, method, path] of wrong) {
    const { status } = await gateway.ask(path, { side, method, cookie });
    assert.equal(status, 404, `${side} ${method} ${path}`);
  }
  assert.equal((await gateway.ask('/assets/home-1a2b.js', { side: 'session' })).status, 200);
  const live = gateway.socket('/api/live', { side: 'session', cookie });
  assert.equal(await live.refused, 404);
  const terminal = gateway.socket(`/s/${FAKE_SESSION}/socket`, { side: 'home', cookie });
  assert.equal(await terminal.refused, 404);
});

test('what is not a GET needs the exact origin', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const foreign = [
    { origin: undefined },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: gateway.origin('session') },
    { origin: `${gateway.origin()}.evil.example` },
    { origin: gateway.origin().replace('https', 'http') },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign) {
    for (const [method, path] of [
      ['POST', '/api/sessions'],
      ['POST', '/api/sign-in'],
      ['POST', '/api/sign-out'],
      ['DELETE', `/api/sessions/${FAKE_SESSION}`],
      ['POST', `/api/pam-sessions/${FAKE_SESSION}/close`],
    ] as const) {
      const refused = await gateway.ask(path, { method, cookie, headers });
      assert.equal(problemOf(refused).code, 'wrong-origin', `${path} ${JSON.stringify(headers)}`);
      assert.equal(refused.status, 403);
    }
  }
  const headers = { 'sec-fetch-site': 'same-origin' };
  const ended = await gateway.ask(`/api/sessions/${FAKE_SESSION}`, {
    method: 'DELETE',
    cookie,
    headers,
  });
  assert.equal(ended.status, 202);
  assert.equal(gateway.countAsked('session-start'), 0);
  assert.equal(gateway.countAsked('sign-out'), 0);
});

test('WebSockets need the exact origin', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const pass = await gateway.enter(cookie);
  for (const origin of [undefined, 'https://evil.example', gateway.origin('session'), 'null']) {
    const live = gateway.socket('/api/live', { cookie, headers: { origin } });
    assert.equal(await live.refused, 403, String(origin));
  }
  for (const origin of [undefined, 'https://evil.example', gateway.origin('home'), 'null']) {
    const path = `/s/${FAKE_SESSION}/socket`;
    const terminal = gateway.socket(path, { side: 'session', cookie: pass, headers: { origin } });
    assert.equal(await terminal.refused, 403, String(origin));
  }
  const headers = { 'sec-fetch-site': 'cross-site' };
  assert.equal(await gateway.socket('/api/live', { cookie, headers }).refused, 403);
});

test('bodies: JSON only, well-formed, and no longer than the limit', async (t) => {
  const gateway = await startFixture(t);
  for (const type of [
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
  ]) {
    const answer = await gateway.post(
      '/api/sign-in',
      { user: 'alice' },
      { headers: { 'content-type': type } },
    );
    assert.equal(problemOf(answer).code, 'bad-request', type);
  }
  const charset = { 'content-type': 'application/json; charset=UTF-8' };
  assert.equal(
    (await gateway.post('/api/sign-in', { user: 'alice' }, { headers: charset })).status,
    200,
  );
  for (const body of ['', '{', '{"user":"alice"', Buffer.from([0x22, 0xff, 0x22])]) {
    const answer = await gateway.ask('/api/sign-in', { method: 'POST', body });
    assert.equal(problemOf(answer).code, 'bad-request');
  }
  const long = JSON.stringify({ user: 'x'.repeat(65_536) });
  const declared = await gateway.ask('/api/sign-in', { method: 'POST', body: long });
  assert.equal(problemOf(declared).code, 'too-large');
  assert.equal(declared.status, 413);
  const chunked = { 'transfer-encoding': 'chunked' };
  const undeclared = await gateway.ask('/api/sign-in', {
    method: 'POST',
    body: long,
    headers: chunked,
  });
  assert.equal(undeclared.status, 413);
});

test('a body that never ends is cut off by the answer', async (t) => {
  const gateway = await startFixture(t);
  const origin = gateway.origin();
  const said = await raw(
    gateway,
    `POST /api/sign-in HTTP/1.1\r\nhost: ${new URL(origin).host}\r\norigin: ${origin}\r\n` +
      `content-type: application/json\r\ncontent-length: 9999999\r\n\r\n{`,
  );
  assert.match(said, /^HTTP\/1\.1 413 /);
  assert.match(said, /connection: close/i);
});

test('unknown addresses and methods', async (t) => {
  const gateway = await startFixture(t);
  assert.equal((await gateway.ask('/api/nothing')).status, 404);
  assert.equal((await gateway.ask('/api/nothing', { method: 'POST' })).status, 404);
  const wrong = await gateway.ask('/api/home', { method: 'DELETE' });
  assert.equal(problemOf(wrong).code, 'method-not-allowed');
  assert.equal(wrong.headers.allow, 'GET');
  const put = await gateway.ask(`/api/sign-in/${'0'.repeat(32)}`, { method: 'PUT' });
  assert.equal(put.headers.allow, 'POST, DELETE');
});

test('problems are pages for people and JSON for programs, found in the log by their reference', async (t) => {
  const gateway = await startFixture(t);
  const page = await gateway.ask('/nothing?code=secret', {
    headers: { accept: 'text/html,*/*;q=0.8', 'sec-fetch-mode': 'navigate' },
  });
  assert.equal(page.status, 404);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  const reference = /<code>([0-9a-f]{12})<\/code>/.exec(page.text)![1];
  const line = await gateway.logged.take(({ fields }) => fields.reference === reference);
  assert.deepEqual(line.fields, {
    reference,
    code: 'not-found',
    method: 'GET',
    path: '/nothing',
    address: '127.0.0.1',
    detail: 'no such file',
  });
  const fetched = await gateway.ask('/nothing', {
    headers: { accept: 'text/html', 'sec-fetch-mode': 'cors' },
  });
  assert.equal(problemOf(fetched).code, 'not-found');
  const elsewhere = await gateway.ask('/nothing', {
    side: 'session',
    headers: { accept: 'text/html' },
  });
  assert.match(elsewhere.text, new RegExp(`href="${gateway.origin('home')}/"`));
});

test('an unexpected error shows nothing of itself', async (t) => {
  const gateway = await startFixture(t);
  t.mock.method(gateway.running.gateway.tickets, 'check', () =>
    Promise.reject(new Error('secret')),
  );
  const answer = await gateway.ask('/api/home');
  assert.equal(answer.status, 500);
  const { code, text, reference } = problemOf(answer);
  assert.deepEqual([code, text], ['internal', 'Something went wrong on the server.']);
  const { level, fields } = await gateway.logged.take(
    (line) => line.fields.reference === reference,
  );
  assert.equal(level, 'error');
  assert.match(String(fields.detail), /secret/);
});

test('Host headers that are no host are refused', async (t) => {
  const gateway = await startFixture(t);
  const hosts = [
    'evil.example/path',
    'a b',
    'user@host',
    'host:0',
    'host:99999999',
    'host:65536',
    '-x',
    '[::1',
    'x"y',
    "x;'",
  ];
  for (const host of hosts) {
    const said = await raw(gateway, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    assert.match(said, /^HTTP\/1\.1 400 /, host);
  }
  const twice = await raw(
    gateway,
    'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n',
  );
  assert.match(twice, /^HTTP\/1\.1 400 /);
  const none = await raw(gateway, 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n');
  assert.match(none, /^HTTP\/1\.1 400 /);
  const absolute = await raw(
    gateway,
    'GET https://evil.example/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  );
  assert.match(absolute, /^HTTP\/1\.1 400 /);
  for (const host of [
    'localhost',
    'LOCALHOST:8787',
    '10.0.0.1:8787',
    '[::1]:8787',
    'a.b-c.example',
  ]) {
    const said = await raw(gateway, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    assert.match(said, /^HTTP\/1\.1 200 /, host);
  }
});

test('what is no HTTP, or has too long a head, gets one plain refusal', async (t) => {
  const gateway = await startFixture(t);
  const said = await raw(gateway, 'nonsense\r\n\r\n');
  assert.match(said, /^HTTP\/1\.1 400 Bad Request\r\n/);
  const { problem } = JSON.parse(said.split('\r\n\r\n')[1]!);
  await gateway.logged.take(({ fields }) => fields.reference === problem.reference);
  const head = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`;
  const page = await raw(gateway, head);
  assert.match(page, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  const reference = /Reference: <code>([0-9a-f]{12})</.exec(page)?.[1];
  await gateway.logged.take(({ fields }) => fields.reference === reference);
});

test('only HTTP/1.1 over TLS 1.2 or later is spoken', async (t) => {
  const gateway = await startFixture(t);
  const { home: port } = gateway.running.ports;
  const options = { port, host: 'localhost', ca: gateway.certificate };
  const socket = connect({ ...options, ALPNProtocols: ['h2', 'http/1.1'] });
  await once(socket, 'secureConnect');
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
  const old = connect({
    ...options,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const [error] = await once(old, 'error');
  assert.match(String(error.code), /^ERR_SSL|^ECONNRESET/);
});

test('an upgrade to anything but a WebSocket is refused', async (t) => {
  const gateway = await startFixture(t);
  const origin = gateway.origin();
  const said = await raw(
    gateway,
    `GET /api/live HTTP/1.1\r\nhost: ${new URL(origin).host}\r\norigin: ${origin}\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n`,
  );
  assert.match(said, /^HTTP\/1\.1 (400|405|426) /);
});

test('connections above the cap of a network are refused, and said once', async (t) => {
  const gateway = await startFixture(t, { connections: 8, perNetwork: 1 });
  const cookie = await gateway.signIn('alice');
  const first = gateway.socket('/api/live', { cookie });
  await first.json();
  await assert.rejects(gateway.ask('/'));
  await assert.rejects(gateway.ask('/'));
  const isRefusal = ({ event }: { event: string }): boolean =>
    event.startsWith('too many connections');
  const line = await gateway.logged.take(isRefusal);
  assert.deepEqual(line.fields, { network: '127.0.0.1', ended: 1 });
  assert.equal(gateway.logged.all.some(isRefusal), false);
  first.ws.terminate();
});

test('through a proxy a network has no more than its share, and others have theirs', async (t) => {
  const gateway = await startFixture(t, { connections: 8, perNetwork: 2 }, ['127.0.0.1']);
  const cookie = await gateway.signIn('alice');
  const from = (address: string) => ({ cookie, headers: { 'x-forwarded-for': address } });
  const sockets = [1, 2].map(() => gateway.socket('/api/live', from('192.0.2.1')));
  for (const socket of sockets) await socket.json();
  assert.equal((await gateway.ask('/api/home', from('192.0.2.1'))).status, 429);
  assert.equal(await gateway.socket('/api/live', from('192.0.2.1')).refused, 429);
  assert.equal((await gateway.ask('/api/home', from('192.0.2.2'))).status, 200);
  const closed = once(sockets[0]!.ws, 'close');
  sockets[0]!.ws.terminate();
  await closed;
  await gateway.socket('/api/live', from('192.0.2.1')).json();
});

for (const side of ['home', 'session'] as const) {
  test(`plain HTTP on the port of the ${side} origin is led to HTTPS, or told`, async (t) => {
    const gateway = await startFixture(t);
    const port = gateway.running.ports[side];
    const ask = async (text: string): Promise<string> => {
      const socket = connectPlain(port, '127.0.0.1');
      let said = '';
      socket.on('data', (chunk) => (said += chunk));
      socket.write(text);
      await once(socket, 'close');
      return said;
    };
    const get = `GET /s/x?y=1 HTTP/1.1\r\nhost: box.example:${port}\r\n`;
    const led = await ask(`${get}\r\n`);
    assert.match(led, /^HTTP\/1\.1 307 /);
    assert.match(led, new RegExp(`\r\nlocation: https://box.example:${port}/s/x\\?y=1\r\n`, 'i'));
    assert.match(led, /This port speaks HTTPS: https:/);
    for (const told of [
      `${get}x-forwarded-for: 192.0.2.1\r\n\r\n`,
      'GET / HTTP/1.0\r\n\r\n',
      `POST /api/sign-in HTTP/1.1\r\nhost: box.example:${port}\r\ncontent-length: 0\r\n\r\n`,
    ]) {
      assert.match(await ask(told), /^HTTP\/1\.1 400 .*This port speaks HTTPS/s);
    }
    assert.match(await ask('\x00\x01nonsense'), /^HTTP\/1\.1 400 /);
  });
}

test('no broker at the start: pages come, the API says unavailable, and later it works', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.killBroker();
  assert.equal((await gateway.ask('/')).status, 200);
  const refused = await gateway.post('/api/sign-in', { user: 'alice' });
  assert.equal(refused.status, 503);
  assert.equal(problemOf(refused).code, 'unavailable');
  assert.equal((await gateway.ask('/api/home', { cookie })).status, 503);
  await gateway.restartBroker();
  assert.equal((await gateway.ask('/api/home', { cookie })).status, 200);
  assert.equal((await gateway.post('/api/sign-in', { user: 'alice' })).status, 200);
});

test('a few requests ahead of their answers are answered in order; many end the connection', async (t) => {
  const gateway = await startFixture(t);
  const host = `localhost:${gateway.running.ports.home}`;
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const last = `GET /nothing HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  const answers = await raw(gateway, request('/favicon.svg').repeat(7) + last);
  assert.deepEqual(answers.match(/HTTP\/1.1 \d+/g), [
    ...Array<string>(7).fill('HTTP/1.1 200'),
    'HTTP/1.1 404',
  ]);
  const cutOff = await raw(gateway, request('/').repeat(500));
  assert.ok((cutOff.match(/HTTP\/1.1/g) ?? []).length < 100);
});
