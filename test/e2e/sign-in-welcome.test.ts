/** What the sign-in page says before anybody has signed in, and where it goes afterwards. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { type FakeGateway, fakeSession } from '../fakes/fake-gateway.ts';
import { signIn } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const stage = setStage();
let gateway: FakeGateway;
let page: Page;

beforeEach(() => {
  ({ gateway, page } = stage);
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const banner = () => page.getByRole('region', { name: texts.signIn.banner });

test('without title and banner the page names the host, and shows no empty notice', async () => {
  await page.goto(gateway.homeOrigin);
  await heading(texts.signIn.title('localhost')).waitFor();
  assert.equal(await banner().count(), 0);
});

test('title and banner stand there before the sign-in, as text and in lines', async () => {
  gateway.title = 'Cluster <b>"7"</b> & $& more';
  gateway.banner = 'Authorised people only.\\n</script><img src=x onerror=alert(1)> \'"&amp;';
  await page.goto(gateway.homeOrigin);
  await heading(texts.signIn.title(gateway.title)).waitFor();
  assert.equal(await page.title(), `${texts.signIn.title(gateway.title)} · ${texts.product}`);
  assert.equal(
    await banner().innerText(),
    'Authorised people only.\n</script><img src=x onerror=alert(1)> \'"&amp;',
  );
  assert.equal(await page.locator('img').count(), 0);
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  assert.equal(await page.title(), texts.home.documentTitle(gateway.title));
  assert.equal(await banner().count(), 0);
});

test('a person can start to type at once, whatever the banner', async () => {
  gateway.banner = 'No trespassing.';
  await page.goto(gateway.homeOrigin);
  await banner().waitFor();
  await page.keyboard.type('ada');
  assert.equal(await page.getByLabel(texts.signIn.user).inputValue(), 'ada');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the longest banner leaves the form on a small ${colorScheme} screen`, async () => {
    page = await stage.open({ colorScheme, viewport: { width: 360, height: 640 } });
    gateway.title = 'Computing centre of the Institute for Applied Things';
    gateway.banner = 'This system is for authorised use only. '.repeat(50).trimEnd();
    await page.goto(gateway.homeOrigin);
    await banner().waitFor();
    await checkAccessibility(page);
    assert.ok(await banner().evaluate((box) => box.scrollHeight > box.clientHeight));
    const field = await page.getByLabel(texts.signIn.user).boundingBox();
    assert.ok(field !== null && field.y + field.height < 640, 'the user name is below the screen');
    await stage.shoot(`banner-${colorScheme}`);
  });
}

const { id } = fakeSession(1);
const hostile = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  'javascript:alert(1)',
  '../../evil',
  `${id}/../../evil`,
  `${id}@evil.example`,
  ` ${id}`,
  `${id}\n`,
  id.replaceAll('0', 'A'),
  '',
];
for (const value of hostile) {
  test(`?session=${JSON.stringify(value)} leads nowhere after the sign-in`, async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const address = `${gateway.homeOrigin}/?session=${encodeURIComponent(value)}`;
    await signIn(page, address, 'ada', 'secret');
    assert.equal(new URL(page.url()).origin, gateway.homeOrigin);
    assert.equal(new URL(page.url()).pathname, '/');
    const ours = [`${gateway.homeOrigin}/`, `${gateway.contentOrigin}/assets/`];
    const strange = asked.filter((url) => !ours.some((one) => url.startsWith(one)));
    assert.deepEqual(strange, []);
    assert.deepEqual(
      asked.filter((url) => new URL(url).pathname.startsWith('/s/')),
      [],
    );
  });
}

test('of two sessions asked for, the first is gone to, and only to it', async () => {
  const other = fakeSession(2).id;
  await page.goto(`${gateway.homeOrigin}/?session=${id}&session=${other}`);
  await page.getByLabel(texts.signIn.user).fill('ada');
  await page.getByLabel(texts.signIn.password, { exact: true }).fill('secret');
  await page.getByRole('button', { name: texts.signIn.submit }).click();
  await page.waitForURL(`${gateway.contentOrigin}/s/${id}/`);
});

test('while the server is away before the first page is there, that is said and tried again', async () => {
  gateway.knowsNothing = true;
  await page.goto(gateway.homeOrigin);
  await page.getByText(texts.connection.lost).waitFor();
  gateway.knowsNothing = false;
  await heading(texts.signIn.title('localhost')).waitFor();
});
