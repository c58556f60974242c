/** The sign-in and home pages in a real browser, against a gateway that plays what PAM and sessions can do. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { FAKE_REFERENCE, type FakeGateway, fakeSession } from '../fakes/fake-gateway.ts';
import { pressByKeyboard, signIn } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const stage = setStage();
let gateway: FakeGateway;
let page: Page;

beforeEach(() => {
  ({ gateway, page } = stage);
});

async function startSignIn(user: string): Promise<void> {
  await page.goto(gateway.homeOrigin);
  await page.getByLabel(texts.signIn.user).fill(user);
  await page.getByLabel(texts.signIn.password, { exact: true }).fill('secret');
  await page.keyboard.press('Enter');
}
const heading = () => page.getByRole('heading', { level: 1, name: texts.home.title, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });

test('the whole way with the keyboard: sign in, a terminal, end it, sign out', async () => {
  await page.goto(gateway.homeOrigin);
  await page.getByLabel(texts.signIn.user).waitFor();
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type('secret');
  await page.keyboard.press('Enter');
  await heading().waitFor();
  const press = (name: string) => pressByKeyboard(page, name);
  await press(texts.home.start);
  const link = page.getByRole('link', { name: texts.session.openLabel('Terminal 1'), exact: true });
  await page.getByText(texts.terminal.connected).waitFor();
  await page.keyboard.type('ls');
  assert.equal((await gateway.terminal.came.take(({ name }) => name === 'input')).text, 'l');
  await page.keyboard.press('Control+Shift+F6');
  await press(texts.terminal.sessions);
  await link.waitFor();
  await press(texts.session.endLabel('Terminal 1'));
  await press(texts.session.confirm);
  await page.getByText(texts.session.howEnded({ endedBy: null, exitStatus: 0 })!).waitFor();
  await press(texts.home.signOut);
  await page.getByLabel(texts.signIn.user).waitFor();
});

for (const [what, typed, words] of [
  ['of blanks only', ' \u00a0 ', texts.signIn.userMissing],
  ['of 300 bytes', 'ä'.repeat(150), texts.signIn.userTooLong],
] as const) {
  test(`a user name ${what} is told at its field, and nothing is sent`, async () => {
    await startSignIn(typed);
    await page.getByText(words).waitFor();
    const user = page.getByLabel(texts.signIn.user);
    assert.equal(await user.getAttribute('aria-invalid'), 'true');
    assert.ok(await user.evaluate((field) => field === document.activeElement));
    assert.equal(await page.getByText(/Reference/).count(), 0);
    assert.equal(await page.getByText(texts.signIn.working).count(), 0);
    await checkAccessibility(page);
    // The password still stands there.
    await user.fill(' ada ');
    await page.keyboard.press('Enter');
    await heading().waitFor();
  });
}

test('a refused sign-in says why, with the reference, and keeps the user name', async () => {
  await startSignIn('wrong');
  await page.getByText(PROBLEMS['sign-in-failed'].text).waitFor();
  await page.getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  assert.equal(await page.getByLabel(texts.signIn.user).inputValue(), 'wrong');
  assert.equal(await page.getByLabel(texts.signIn.password, { exact: true }).inputValue(), '');
});

test('further prompts come in the words of their module, shown or hidden', async () => {
  await startSignIn('code');
  await page.getByText('A code was sent to your phone.').waitFor();
  const field = page.getByLabel('Verification code');
  assert.equal(await field.evaluate((input: HTMLInputElement) => input.type), 'text');
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  await page.keyboard.type('123456\n');
  await heading().waitFor();
});

test('an expired password is changed on the way in', async () => {
  await startSignIn('expired');
  await page.getByText('You are required to change your password immediately').waitFor();
  const field = page.getByLabel('New password', { exact: true });
  assert.equal(await field.evaluate((input: HTMLInputElement) => input.type), 'password');
  assert.equal(await field.getAttribute('autocomplete'), 'new-password');
  await field.fill('new secret');
  await button(texts.signIn.continue).click();
  await page.getByLabel('Retype new password', { exact: true }).fill('new secret');
  await button(texts.signIn.continue).click();
  await heading().waitFor();
});

test('cancelling leads back to the first screen', async () => {
  await startSignIn('code');
  await button(texts.signIn.cancel).click();
  assert.equal(await page.getByLabel(texts.signIn.user).inputValue(), 'code');
});

test('a sign-in during which the server restarts goes on by itself', async () => {
  await startSignIn('code');
  await page.getByLabel('Verification code').fill('123456');
  await gateway.stop();
  await button(texts.signIn.continue).click();
  await page.getByText(texts.connection.lost).waitFor();
  await gateway.restart();
  await heading().waitFor();
});

test('a link to a session leads there after the sign-in', async () => {
  const { id } = fakeSession(1);
  await page.goto(`${gateway.homeOrigin}/s/${id}/`);
  await page.getByLabel(texts.signIn.user).fill('ada');
  await page.getByLabel(texts.signIn.password, { exact: true }).fill('secret');
  await button(texts.signIn.submit).click();
  await page.waitForURL(`${gateway.contentOrigin}/s/${id}/`);
});

test('the list is live, also after the server was away', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await page.getByText(texts.home.emptyTitle).waitFor();
  gateway.setSessions([fakeSession(1)]);
  await page.getByText('Terminal 1', { exact: true }).waitFor();
  await gateway.stop();
  await page.getByText(texts.connection.lost).waitFor();
  gateway.sessions = [fakeSession(2)];
  await gateway.restart();
  await page.getByText('Terminal 2', { exact: true }).waitFor();
  await page.getByText(texts.connection.lost).waitFor({ state: 'detached' });
});

test('a session that could not be started says why, with the reference', async () => {
  gateway.startsSlowly = true;
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  await button(texts.home.start).click();
  await page.getByText(texts.session.states.starting, { exact: true }).waitFor();
  const { text, advice } = PROBLEMS['session-profile'];
  const problem = { code: 'session-profile', text, reference: FAKE_REFERENCE } as const;
  gateway.setState(gateway.sessions[0]!.id, { state: 'failed', problem });
  await page.getByText(text).waitFor();
  await page.getByText(advice).waitFor();
  await page.getByText(texts.reference(FAKE_REFERENCE)).waitFor();
});

test('being signed out elsewhere shows the sign-in', async () => {
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  gateway.signOut();
  await page.getByText(texts.signIn.signedOut).waitFor();
});

test('times are of the reader’s zone, UTC for mouse and keyboard', async () => {
  page = await stage.open({ timezoneId: 'Asia/Tokyo', locale: 'de-DE' });
  gateway.sessions = [fakeSession(1, { started: Date.UTC(2026, 0, 31, 20, 30, 5) })];
  await signIn(page, gateway.homeOrigin, 'ada', 'secret');
  const time = page.getByRole('listitem').locator('time').first();
  assert.equal(await time.textContent(), '01.02.2026, 05:30');
  const shown = () =>
    time.evaluate((element) => getComputedStyle(element, '::after').content.replaceAll('"', ''));
  assert.equal(await shown(), 'none');
  await time.hover();
  assert.equal(await shown(), '2026-01-31 20:30:05 UTC');
  await page.mouse.move(0, 0);
  assert.equal(await shown(), 'none');
  await page.getByRole('button', { name: texts.session.renameLabel('Terminal 1') }).focus();
  await page.keyboard.press('Tab');
  assert.equal(await shown(), '2026-01-31 20:30:05 UTC');
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1000, 360]) {
    test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async () => {
      page = await stage.open({ colorScheme, viewport: { width, height: 700 } });
      await startSignIn('wrong');
      await page.getByText(PROBLEMS['sign-in-failed'].text).waitFor();
      await checkAccessibility(page);
      await startSignIn('expired');
      await page.getByLabel('New password', { exact: true }).waitFor();
      await checkAccessibility(page);
      const states = ['running', 'starting', 'ended', 'unclean', 'stuck'] as const;
      gateway.sessions = states.map((state, index) => fakeSession(index, { state }));
      await signIn(page, gateway.homeOrigin, 'ada', 'secret');
      await checkAccessibility(page);
      await button(texts.session.endLabel('Terminal 0')).click();
      await checkAccessibility(page);
      await page.keyboard.press('Escape');
      await page
        .getByRole('link', { name: texts.session.openLabel('Terminal 0'), exact: true })
        .click();
      await page.getByText(texts.terminal.connected).waitFor();
      await checkAccessibility(page);
    });
  }
}
