/** Behind a reverse proxy: paths below a root, and origins that are not our own ports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDED_SESSION, FAKE_SESSION } from '../../../test/fakes/fake-broker.ts';
import { problemOf, startFixture } from '../../../test/fakes/gateway-fixture.ts';

const HOME = 'https://lab.example.org';
const SESSION = 'https://lab.example.org:8443';
const behindProxy = { root: '/term', origins: { home: HOME, session: SESSION } };

test('every address that leaves the gateway is the public one, below the root', async (t) => {
  const gateway = await startFixture(t, {}, [], behindProxy);
  const page = await gateway.ask('/term/');
  assert.match(page.text, new RegExp(`content="${HOME}/term"`));
  assert.match(page.text, new RegExp(`content='${SESSION}/term/assets/terminal-3c4d.js'`));
  assert.match(String(page.headers['content-security-policy']), / wss:\/\/lab\.example\.org;/);
  assert.equal((await gateway.ask('/term/assets/home-1a2b.js')).text, 'plain');
  const bare = await gateway.ask('/term');
  assert.deepEqual([bare.status, bare.headers.location], [307, `${HOME}/term/`]);

  const headers = { origin: HOME };
  const first = await gateway.post('/term/api/sign-in', { user: 'alice' }, { headers });
  const { conversation } = JSON.parse(first.text);
  const body = { answers: [Buffer.alloc(624, 1).toString('base64')] };
  const last = await gateway.post(`/term/api/sign-in/${conversation}`, body, {
    headers,
    cookie: first.cookies.join('; '),
  });
  const cookie = last.cookies.find((one) => one.startsWith('__Host-Http-vestibule-ticket='))!;
  await gateway.socket('/term/api/live', { cookie, headers }).json();

  const way = await gateway.ask(`/term/s/${FAKE_SESSION}/`, { cookie });
  const { origin, pathname, search } = new URL(way.headers.location!);
  assert.deepEqual([origin, pathname], [SESSION, `/term/s/${FAKE_SESSION}/enter`]);
  const terminal = await gateway.ask(pathname + search, {
    side: 'session',
    cookie: way.cookies.join('; '),
  });
  assert.match(
    String(terminal.headers['set-cookie']),
    new RegExp(`Path=/term/s/${FAKE_SESSION}/;`),
  );
  assert.match(terminal.text, / src="\/term\/assets\/terminal-3c4d\.js"/);

  const again = await gateway.ask(`/term/s/${FAKE_SESSION}/enter`, { side: 'session' });
  assert.equal(again.headers.location, `${HOME}/term/s/${FAKE_SESSION}/`);
  const waits = await gateway.ask(`/term/s/${FAKE_SESSION}/`);
  assert.equal(waits.headers.location, `/term/?session=${FAKE_SESSION}`);
  const accept = { accept: 'text/html' };
  const ended = await gateway.ask(`/term/s/${ENDED_SESSION}/`, { cookie, headers: accept });
  assert.match(ended.text, new RegExp(`href="${HOME}/term/"`));
});

test('outside of the root there is nothing, and another origin may not act', async (t) => {
  const gateway = await startFixture(t, {}, [], behindProxy);
  for (const path of ['/', '/api/home', '/terminal/', '/assets/home-1a2b.js', '/TERM/']) {
    assert.equal((await gateway.ask(path)).status, 404, path);
  }
  const own = await gateway.post('/term/api/sign-in', { user: 'alice' });
  assert.equal(problemOf(own).code, 'wrong-origin');
  assert.equal(await gateway.socket('/api/live', { headers: { origin: HOME } }).refused, 404);
});
