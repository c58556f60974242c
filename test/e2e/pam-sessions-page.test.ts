/** PAM sessions without a program on the home page: shown if there is one, closed with mouse and keyboard. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { FAKE_REFERENCE, type FakeGateway, fakePamSession } from '../fakes/fake-gateway.ts';
import { signIn } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const stage = setStage();
let gateway: FakeGateway;
let page: Page;

beforeEach(() => {
  ({ gateway, page } = stage);
});

const section = (at = page) =>
  at.getByRole('region', { name: texts.pamSessions.title, exact: true });
const rows = (at = page) => section(at).getByRole('listitem');
const button = (number: number) =>
  section().getByRole('button', {
    name: texts.pamSessions.closeLabel(`Terminal ${number}`),
    exact: true,
  });
const focused = () => page.evaluate(() => document.activeElement?.textContent);

test('without one there is no section; it comes and goes with the news, in every tab', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  const second = await page.context().newPage();
  await second.goto(gateway.homeOrigin);
  await second.getByRole('button', { name: texts.home.start }).waitFor();
  assert.equal(await section().count(), 0);
  gateway.setPamSessions([fakePamSession(1), fakePamSession(2)]);
  for (const tab of [page, second]) await rows(tab).nth(1).waitFor();
  assert.match(await rows().first().innerText(), /Terminal 1[\s\S]*opened /);
  await button(1).click();
  for (const tab of [page, second]) {
    await rows(tab).nth(1).waitFor({ state: 'detached' });
    assert.equal(await rows(tab).count(), 1);
  }
});

test('with the keyboard: the focus goes to the heading of the list, then to that of the page', async () => {
  gateway.pamSessions = [fakePamSession(1), fakePamSession(2)];
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(1).focus();
  await page.keyboard.press('Enter');
  await button(1).waitFor({ state: 'detached' });
  assert.equal(await focused(), texts.pamSessions.title);
  await page
    .getByRole('status')
    .filter({ hasText: texts.pamSessions.closed(1) })
    .waitFor({ state: 'attached' });
  await button(2).focus();
  await page.keyboard.press('Space');
  await section().waitFor({ state: 'detached' });
  assert.equal(await focused(), texts.home.title);
});

test('while it is being closed it says so, and is not asked for twice', async () => {
  gateway.closesSlowly = true;
  gateway.pamSessions = [fakePamSession(1)];
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  await button(1).click();
  await rows().getByText(texts.pamSessions.closing).waitFor();
  await button(1).click();
  assert.equal(await button(1).getAttribute('aria-busy'), 'true');
  assert.equal(asked.filter((line) => /^POST .*\/close$/.test(line)).length, 1);
  gateway.setPamSessions([fakePamSession(1, { stuck: 'A file system does not answer.' })]);
  await rows().getByText('A file system does not answer.').waitFor();
  await checkAccessibility(page);
});

test('a refusal says why, and the list stays', async () => {
  gateway.pamSessions = [fakePamSession(1)];
  const problem = { code: 'internal', text: PROBLEMS.internal.text, reference: FAKE_REFERENCE };
  const body = JSON.stringify({ problem });
  await page.route('**/api/pam-sessions/**', (route) => route.fulfill({ status: 500, body }));
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(1).click();
  await section().getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  await rows().getByText(texts.pamSessions.closing).waitFor({ state: 'detached' });
  assert.equal(await rows().count(), 1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`360 pixels wide, ${colorScheme}: nothing is cut off, and the contrast is enough`, async () => {
    page = await stage.open({ colorScheme, viewport: { width: 360, height: 740 } });
    const name = `<b>${'W'.repeat(64)}`;
    gateway.pamSessions = [fakePamSession(1, { name }), fakePamSession(2, { closing: true })];
    await signIn(page, gateway.homeOrigin, 'ada', 'secret');
    await rows().first().getByText(name).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${width} pixels`);
    await checkAccessibility(page);
    await stage.shoot(`pam-sessions-360-${colorScheme}`, true);
  });
}
