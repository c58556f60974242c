/** Every page with which the gateway refuses a person: the sentence, what to do, a way on, the reference of its log line. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PROBLEMS, type ProblemCode } from '../../src/protocol/problems.ts';
import { ENDED_SESSION, FAKE_SESSION } from '../fakes/fake-broker.ts';
import { type Fixture, sealedAnswer, startFixture } from '../fakes/gateway-fixture.ts';
import { launchBrowser } from '../lib/browser.ts';
import { checkAccessibility, collectComplaints, shoot } from '../lib/watch-page.ts';

interface Way {
  readonly code: ProblemCode;
  /** An address; a function is given gateway and page. */
  readonly to: string | ((gateway: Fixture, page: Page) => Promise<unknown>);
  readonly status?: number;
}
const session = `/s/${FAKE_SESSION}/`;
const from = (address: string) => (gateway: Fixture, page: Page) =>
  page.goto(gateway.origin('session') + address);

async function useCodeTwice(gateway: Fixture, page: Page): Promise<void> {
  const enter = page.waitForResponse((answer) => answer.url().includes('/enter?code='));
  await page.goto(gateway.origin() + session);
  await page.goto((await enter).url());
}

/** What a broker can refuse on the way into a session, one after the other. */
const REFUSALS: readonly ProblemCode[] = [
  ...(['session-failed', 'session-account', 'session-refused', 'session-set-up'] as const),
  ...(['session-profile', 'session-program', 'session-unavailable', 'session-lost'] as const),
  ...(['session-not-running', 'too-many', 'internal', 'unavailable'] as const),
];
const WAYS: Readonly<Record<string, Way>> = {
  'an address that is not there': { code: 'not-found', to: '/nothing/here' },
  'the same on the session origin': { code: 'not-found', to: from('/nothing/here') },
  'no ticket': {
    code: 'not-signed-in',
    to: async (gateway, page) => {
      await page.context().clearCookies();
      await page.goto(`${gateway.origin()}/api/home`);
    },
  },
  'no session id': { code: 'session-not-found', to: '/s/xyz/' },
  'no such session': { code: 'session-not-found', to: `/s/${'c'.repeat(32)}/` },
  'a session that has ended': { code: 'session-ended', to: `/s/${ENDED_SESSION}/` },
  'a code that is used up': {
    code: 'not-signed-in',
    to: useCodeTwice,
  },
  'a code that is none': { code: 'bad-request', to: from(`${session}enter?code=x`) },
  'a link of another site with a code': {
    code: 'wrong-origin',
    to: async (gateway, page) => {
      const address = `${gateway.origin('session')}${session}enter?code=${'a'.repeat(43)}`;
      await page.goto(`data:text/html,<a href="${address}">a prize</a>`);
      await page.getByText('a prize').click();
    },
  },
  'too many cookies': {
    code: 'too-large',
    status: 431,
    to: async (gateway, page) => {
      const url = gateway.origin();
      await page
        .context()
        .addCookies([1, 2, 3, 4, 5].map((n) => ({ name: `c${n}`, value: 'x'.repeat(4000), url })));
      await page.goto(url);
    },
  },
  'no broker': {
    code: 'unavailable',
    to: async (gateway, page) => {
      await gateway.killBroker();
      await page.goto(gateway.origin() + session);
    },
  },
  ...Object.fromEntries(
    REFUSALS.map((code): [string, Way] => [
      `a broker that says ${code}`,
      {
        code,
        to: async (gateway, page) => {
          const words = code === 'session-refused' ? "There were too many logins for 'alice'." : '';
          const order = { order: 'refuse', type: 'session-enter', code } as const;
          await gateway.order({ ...order, ...(words && { words }) });
          await page.goto(gateway.origin() + session);
        },
      },
    ]),
  ),
};

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** A page of alice's. */
async function visit(t: TestContext, options: Parameters<Browser['newContext']>[0] = {}) {
  const gateway = await startFixture(t);
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  t.after(() => context.close());
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(gateway.origin());
  await page.evaluate(signInAsAlice, sealedAnswer());
  return { gateway, page };
}

/** In the page: only a server can set the cookie that its name protects. */
async function signInAsAlice(sealed: string): Promise<void> {
  const post = async (path: string, value: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(value) });
    return (await answer.json()) as { conversation: string };
  };
  const { conversation } = await post('/api/sign-in', { user: 'alice' });
  await post(`/api/sign-in/${conversation}`, { answers: [sealed] });
}

async function go(way: Way, gateway: Fixture, page: Page): Promise<number> {
  const { status = PROBLEMS[way.code].status } = way;
  const response = page.waitForResponse((answer) => answer.status() === status);
  if (typeof way.to === 'string') await page.goto(gateway.origin() + way.to);
  else await way.to(gateway, page);
  return (await response).status();
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`${name}: ${way.code}`, async (t) => {
    const { gateway, page } = await visit(t);
    const complaints = collectComplaints(page);
    await go(way, gateway, page);
    const { text, advice } = PROBLEMS[way.code];
    await page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
    await page.getByText(advice).waitFor();
    assert.ok((await page.title()).startsWith(text));
    const reference = await page.locator('code').innerText();
    assert.match(reference, /^[0-9a-f]{12}$/);
    const line = await gateway.logged.take(({ fields }) => fields.reference === reference);
    assert.equal(line.fields.code, way.code);
    await checkAccessibility(page);
    assert.deepEqual(complaints, []);
    // The way on, by the keyboard.
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.tagName);
    assert.equal(focused, 'A');
  });
}

test('the way on leads there: to the list, to the sign-in, to another try', async (t) => {
  const { gateway, page } = await visit(t);
  await page.goto(`${gateway.origin('session')}/nothing`);
  await page.getByRole('link', { name: 'Your sessions' }).click();
  await page.waitForURL(`${gateway.origin()}/`);
  await gateway.order({ order: 'refuse', type: 'session-enter', code: 'unavailable' });
  await page.goto(gateway.origin() + session);
  await page.getByRole('link', { name: 'Try again' }).click();
  // The page itself, which would show its own address, is the fixture's.
  await page.waitForURL(`${gateway.origin('session')}${session}enter?code=*`);
  await useCodeTwice(gateway, page);
  const link = page.getByRole('link', { name: 'Sign in' });
  assert.equal(await link.getAttribute('href'), gateway.origin() + session);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1000, 360]) {
    test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async (t) => {
      const { gateway, page } = await visit(t, { colorScheme, viewport: { width, height: 640 } });
      for (const [index, [name, way]] of Object.entries(WAYS).entries()) {
        // These two leave nothing for those after them.
        if (name === 'no broker' || name === 'no ticket') continue;
        await go(way, gateway, page);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await checkAccessibility(page);
        await shoot(page, `error-${index}-${way.code}-${colorScheme}-${width}`);
        if (way.code === 'too-large') await page.context().clearCookies({ name: /^c\d$/ });
      }
    });
  }
}
