/** GET /: the page, and in it what GET /api/home would answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fixture, startFixture } from '../../../test/fakes/gateway-fixture.ts';

/** What the page at / says about the home. */
async function readPage(gateway: Fixture, cookie?: string) {
  const page = await gateway.ask('/', cookie === undefined ? {} : { cookie });
  assert.equal(page.status, 200);
  assert.equal(page.headers['cache-control'], 'no-store');
  const [, content] = /<meta name="vestibule-home" content='([^']*)'>/.exec(page.text)!;
  const plain = content!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  return JSON.parse(plain);
}

async function readApi(gateway: Fixture, cookie: string) {
  return JSON.parse((await gateway.ask('/api/home', { cookie })).text);
}

test('the page alone may fetch the terminal’s script from the session origin', async (t) => {
  const gateway = await startFixture(t);
  const page = await gateway.ask('/');
  const script = `${gateway.origin('session')}/assets/terminal-3c4d.js`;
  assert.ok(page.text.includes(`<meta name="terminal-script" content='${script}'>`));
  const policyOf = ({ headers }: typeof page) => String(headers['content-security-policy']);
  assert.ok(policyOf(page).includes(`; manifest-src ${script};`));
  assert.equal(policyOf(page).split(gateway.origin('session')).length, 2);
  assert.match(policyOf(await gateway.ask('/nothing')), /; manifest-src 'none';/);
});

test('the page brings the home of who is signed in, and counts as a visit', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  const shown = await readPage(gateway, cookie);
  assert.equal(shown.user, 'alice');
  assert.deepEqual(shown, { ...(await readApi(gateway, cookie)), now: shown.now });
  assert.equal(gateway.countAsked('home-visit'), 2);
});

test('who is not signed in gets the page that says so, and the broker is not asked', async (t) => {
  const gateway = await startFixture(t);
  const { problem } = await readPage(gateway);
  assert.equal(problem.code, 'not-signed-in');
  assert.match(problem.reference, /^[0-9a-f]{12}$/);
  assert.equal(gateway.countAsked('home-visit'), 0);
});

test('the page comes without a broker, too', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn('alice');
  await gateway.killBroker();
  assert.equal((await readPage(gateway, cookie)).problem.code, 'unavailable');
  await gateway.restartBroker();
  assert.equal((await readPage(gateway, cookie)).user, 'alice');
});

test('whatever a name holds is text', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.signIn(`a'"<b>&#39;`);
  assert.equal((await readPage(gateway, cookie)).user, `a'"<b>&#39;`);
});
