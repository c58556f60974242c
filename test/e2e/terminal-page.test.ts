/** The terminal page in a real browser: what it shows of a stream that breaks, skips, asks and ends. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { CLOSE_CODES, ENDED_BY } from '../../src/protocol/page-gateway.ts';
import { type FakeGateway, fakeSession } from '../fakes/fake-gateway.ts';
import { findOnScreen, NO_LIMIT, readScreen, waitForScreen } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';

const stage = setStage({ viewport: { width: 1000, height: 600 } });
let gateway: FakeGateway;
let page: Page;

beforeEach(async () => {
  ({ gateway, page } = stage);
  gateway.user = 'ada';
  await page.goto(`${gateway.contentOrigin}/s/${fakeSession(1).id}/`);
});

const says = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const came = (name: string) => gateway.terminal.came.take((message) => message.name === name);

test('shows output with its colours, sends what is typed, and the size of the window', async () => {
  await says(texts.terminal.connected);
  const hello = await came('hello');
  assert.equal(hello.from, 0);
  assert.ok(hello.columns! > 80 && hello.rows! > 24);
  gateway.terminal.print('\x1b[38;2;250;100;0morange\x1b[0m');
  await waitForScreen(page, /orange/);
  const { color } = await findOnScreen(page, 'orange');
  const [red, green, blue] = color.match(/\d+/g)!.map(Number);
  assert.ok(red! > 150 && red! > green! && green! > blue!, `wanted an orange, got ${color}`);
  await page.keyboard.type('é');
  assert.equal((await came('input')).text, 'é');
  await page.setViewportSize({ width: 500, height: 600 });
  assert.ok((await came('resize')).columns! < hello.columns!);
});

test('a broken connection comes back: nothing is lost, nothing doubled', async () => {
  gateway.terminal.print('one\r\n');
  await waitForScreen(page, /^one$/m);
  await gateway.stop();
  await says(texts.terminal.lost);
  gateway.terminal.print('two\r\n');
  await gateway.restart();
  await says(texts.terminal.connected);
  gateway.terminal.print('three\r\n');
  await waitForScreen(page, /^three$/m);
  assert.equal((await readScreen(page)).trim(), 'one\ntwo\nthree');
});

/** The page comes back, or another one comes, when the first ten of these bytes are no longer kept. */
async function loseTen(screen: string): Promise<void> {
  await gateway.stop();
  await says(texts.terminal.lost);
  gateway.terminal.keeps = 7;
  gateway.terminal.screen = screen;
  gateway.terminal.print('1234567890three\r\n');
  await gateway.restart();
  await waitForScreen(page, /^three$/m);
}

test('what is no longer kept is said in the scroll-back, where it is missing, and not on the screen', async () => {
  gateway.terminal.print('one\r\n');
  await waitForScreen(page, /^one$/m);
  await loseTen('two\r\n');
  assert.equal((await readScreen(page)).trimEnd(), 'two\nthree');
  await page.keyboard.press('Shift+PageUp');
  await waitForScreen(page, /^one$/m);
  const [, ...past] = (await readScreen(page)).trimEnd().split('\n');
  assert.deepEqual(past, [texts.terminal.gap(10n), 'two', 'three']);
});

test('a program that draws on the whole screen is shown as it is: nothing is said there', async () => {
  gateway.terminal.print('\x1b[?1049h\x1b[2Jdrawn');
  await waitForScreen(page, /^drawn$/m);
  await loseTen('\x1b[?1047h\x1b[2J\x1b[Hhead\r\n');
  assert.equal((await readScreen(page)).trimEnd(), 'head\nthree');
  await page.reload();
  await waitForScreen(page, /^three$/m);
  assert.equal((await readScreen(page)).trimEnd(), 'head\nthree');
});

test('a page that was loaded again answers no old question of a program, but a new one', async () => {
  gateway.terminal.print('\x1b[6n');
  assert.equal((await came('input')).text, '\x1b[1;1R');
  await page.reload();
  gateway.terminal.print('ready\x1b[5n');
  assert.equal((await came('input')).text, '\x1b[0n');
});

test('more than the screen can take: the page lets go, catches up and comes back', async () => {
  await says(texts.terminal.connected);
  await came('hello');
  const flood = `${'x'.repeat(98)}\r\n`.repeat(100_000);
  gateway.terminal.chunk = flood.length; // at once, so that it is too much on any machine
  gateway.terminal.print(flood);
  gateway.terminal.print('the end\r\n');
  await waitForScreen(page, /^the end$/m, NO_LIMIT);
  assert.equal((await came('hello')).from, flood.length);
  await says(texts.terminal.connected);
});

test('the size that another viewer set is taken over, and given back by typing', async () => {
  await says(texts.terminal.connected);
  const { rows } = await came('hello');
  const rowCount = () => page.locator('.xterm-rows > div').count();
  gateway.terminal.send({ name: 'size', rows: 10, columns: 40 });
  await page.waitForFunction(() => document.querySelectorAll('.xterm-rows > div').length === 10);
  await page.keyboard.type('x');
  await came('input');
  assert.equal(await rowCount(), rows);
});

test('a window that changes while the page connects has its new size', async () => {
  const { rows } = await came('hello');
  const { promise, resolve } = Promise.withResolvers<void>();
  gateway.terminal.ready = promise;
  await page.reload();
  await came('hello');
  await page.setViewportSize({ width: 1000, height: 400 });
  await page.waitForFunction(
    (before) => document.querySelectorAll('.xterm-rows > div').length < before,
    rows!,
  );
  resolve();
  const { rows: after } = await came('resize');
  assert.ok(after! < rows!);
  assert.equal(await page.locator('.xterm-rows > div').count(), after);
});

test('the end of the program is said, and the page stays', async () => {
  gateway.terminal.print('bye\r\n');
  await waitForScreen(page, /^bye$/m);
  gateway.terminal.exit(3 << 8);
  await says(texts.terminal.exited({ exitStatus: 3, endedBy: null }));
  assert.match(await readScreen(page), /bye/);
  await page.getByRole('link', { name: texts.terminal.sessions }).click();
  await page.waitForURL(`${gateway.homeOrigin}/`);
});

test('who had the session ended is said as on the list', async () => {
  gateway.terminal.exit(1, 'administrator');
  await says(`The session was ${ENDED_BY.administrator}.`);
});

test('a program names its window', async () => {
  gateway.terminal.print('\x1b]2;vim notes\x07');
  await page.waitForFunction(() => document.title === 'vim notes');
});

test('a page without a pass fetches one', async () => {
  await says(texts.terminal.connected);
  gateway.hasPass = false;
  await page.reload();
  await says(texts.terminal.connected);
  assert.equal(gateway.hasPass, true);
});

test('a pass that does not hold is fetched once, not for ever', async () => {
  await says(texts.terminal.connected);
  gateway.givesPasses = false;
  await page.reload();
  await says(texts.terminal.signedOut);
});

test('who is signed out keeps the screen and may sign in again', async () => {
  gateway.terminal.print('work\r\n');
  await waitForScreen(page, /^work$/m);
  gateway.terminal.drop(CLOSE_CODES.signedOut);
  await says(texts.terminal.signedOut);
  assert.match(await readScreen(page), /work/);
  gateway.user = null;
  await page.getByRole('button', { name: texts.terminal.signIn }).click();
  await page.getByLabel(texts.signIn.user).waitFor();
});

test('a session that is gone or over is not asked for again', async () => {
  await says(texts.terminal.connected);
  gateway.terminal.drop(CLOSE_CODES.sessionNotFound);
  await says(texts.terminal.gone);
  await page.reload();
  await says(texts.terminal.connected);
  gateway.terminal.drop(CLOSE_CODES.sessionEnded);
  await says(texts.terminal.ended);
});
