/** Where I am signed in: the list on the home page, the end of one, of all others. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import {
  FAKE_REFERENCE,
  type FakeGateway,
  fakeSession,
  fakeSignIn,
} from '../fakes/fake-gateway.ts';
import { signIn } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const stage = setStage();
let gateway: FakeGateway;
let page: Page;

beforeEach(() => {
  ({ gateway, page } = stage);
  gateway.signIns = [
    fakeSignIn(3, { userAgent: 'curl/8.5.0', address: '2001:db8:85a3:8d3:1319:8a2e:370:7348' }),
    fakeSignIn(2, { userAgent: PHONE }),
    fakeSignIn(1, { current: true, used: Date.now() - 5 * 3_600_000 }),
  ];
});

const section = () => page.getByRole('region', { name: texts.signIns.title, exact: true });
const rows = () => section().getByRole('listitem');
const status = () => section().getByRole('status');
const button = (name: string) => section().getByRole('button', { name, exact: true });
const phone = texts.signIns.endLabel('Safari on iOS', '192.0.2.2');

async function names(): Promise<string[]> {
  await rows().first().waitFor();
  const texts = await rows().allInnerTexts();
  return texts.map((text) => text.split('\n')[0] ?? '');
}

test('this browser comes first and is marked, then the one used last', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  assert.deepEqual(await names(), ['Firefox on Linux', 'Safari on iOS', 'Unknown browser']);
  const own = rows().first();
  await own.getByText(texts.signIns.current).waitFor();
  assert.equal(await own.getByRole('button').count(), 0);
  assert.match(await rows().nth(1).innerText(), /192\.0\.2\.2 · signed in .+, last used .+/);
  assert.equal(await rows().nth(1).locator('time').count(), 2);
});

test('one of them is ended with the keyboard; the focus and the news go to the list', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(phone).focus();
  await page.keyboard.press('Enter');
  await status()
    .filter({ hasText: texts.signIns.ended(1) })
    .waitFor({ state: 'attached' });
  assert.deepEqual(await names(), ['Firefox on Linux', 'Unknown browser']);
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  assert.equal(focused, texts.signIns.title);
});

test('all others are ended, this browser stays signed in', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(texts.signIns.endOthers).click();
  await status()
    .filter({ hasText: texts.signIns.ended(2) })
    .waitFor({ state: 'attached' });
  assert.deepEqual(await names(), ['Firefox on Linux']);
  assert.equal(await section().getByRole('button').count(), 0);
  assert.deepEqual(
    gateway.signIns.map(({ current }) => current),
    [true],
  );
});

test('one that has ended by itself is no failure', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(phone).waitFor();
  gateway.signIns = gateway.signIns.filter(({ userAgent }) => userAgent !== PHONE);
  await button(phone).click();
  await button(phone).waitFor({ state: 'detached' });
  assert.equal(await section().getByRole('alert').count(), 0);
});

test('a refusal says why, and the list stays', async () => {
  const problem = { code: 'internal', text: PROBLEMS.internal.text, reference: FAKE_REFERENCE };
  const body = JSON.stringify({ problem });
  await page.route('**/api/sign-ins/*', (route) => route.fulfill({ status: 500, body }));
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(phone).click();
  await section().getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  assert.equal((await names()).length, 3);
});

test('a list that could not be read is read again by its button', async () => {
  const problem = { code: 'internal', text: PROBLEMS.internal.text, reference: FAKE_REFERENCE };
  const body = JSON.stringify({ problem });
  await page.route('**/api/sign-ins', (route) => route.fulfill({ status: 500, body }));
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await section().getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  await page.unroute('**/api/sign-ins');
  await button(texts.tryAgain).press('Enter');
  assert.equal((await names()).length, 3);
  assert.equal(await section().getByText(texts.reference(FAKE_REFERENCE)).count(), 0);
});

test('a server that does not answer is said', async () => {
  await page.route('**/api/sign-ins/*', (route) => route.abort());
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(phone).click();
  await section().getByText(texts.connection.noAnswer).waitFor();
});

test('a browser’s name that is markup is text', async () => {
  const userAgent = '<img src=x onerror=alert(1)> Firefox/1';
  gateway.signIns = [fakeSignIn(1, { current: true, userAgent, address: '"><script>' })];
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await rows().getByText('"><script>').waitFor();
  assert.equal(await page.locator('img').count(), 0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1000, 360]) {
    test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async () => {
      page = await stage.open({ colorScheme, viewport: { width, height: 900 } });
      gateway.sessions = [fakeSession(1)];
      await signIn(page, gateway.homeOrigin, 'ada', 'secret');
      await rows().nth(2).waitFor();
      await checkAccessibility(page);
      await stage.shoot(`sign-ins-${colorScheme}-${width}`);
    });
  }
}
