/** What this browser keeps about terminals, how it looks on all screens, and the warning before a page is closed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { waitForScreen } from '../lib/browser.ts';
import { hasFocus, TerminalPage } from '../lib/terminal-page.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const words = texts.terminal.settings;
const fontSize = (page: Page) =>
  page
    .locator('.xterm-rows')
    .evaluate((rows) => Number.parseInt(getComputedStyle(rows).fontSize, 10));
const openSettings = (page: Page) => page.getByRole('button', { name: words.open }).click();

describe('on a desk', () => {
  const on = new TerminalPage();

  test('the font grows and shrinks by keys, the program learns its new size, and it is kept', async () => {
    const { columns } = await on.came('hello');
    await on.page.keyboard.press('Control+=');
    assert.ok((await on.came('resize')).columns! < columns!);
    assert.equal(await fontSize(on.page), 15);
    await on.page.keyboard.press('Control+=');
    await on.page.reload();
    await on.says(texts.terminal.connected);
    assert.equal(await fontSize(on.page), 16);
    await on.page.keyboard.press('Control+-');
    assert.equal(await fontSize(on.page), 15);
    await on.page.keyboard.press('Control+0');
    assert.equal(await fontSize(on.page), 14);
    assert.equal(on.terminal.came.all.filter(({ name }) => name === 'input').length, 0);
  });

  test('a setting holds in other tabs, at once', async () => {
    const other = await on.newPage();
    await other.goto(on.url);
    await on.says(texts.terminal.connected, other);
    await openSettings(on.page);
    await on.page.getByLabel(words.fontSize).fill('20');
    await on.page.keyboard.press('Enter');
    await other.waitForFunction(
      () => getComputedStyle(document.querySelector('.xterm-rows')!).fontSize === '20px',
    );
    await on.page.getByLabel(words.fontSize).fill('900');
    await on.page.keyboard.press('Tab');
    assert.equal(await on.page.getByLabel(words.fontSize).inputValue(), '20');
  });

  test('the length of the scroll-back is kept', async () => {
    await openSettings(on.page);
    await on.page.getByLabel(words.scrollback).selectOption(words.lines(1000));
    await on.page.reload();
    await on.says(texts.terminal.connected);
    for (let line = 1; line <= 3000; line++) on.terminal.print(`line ${line}\r\n`);
    await waitForScreen(on.page, /^line 3000$/m);
    await on.page.keyboard.press('Shift+Home');
    await on.page.keyboard.press('Shift+PageUp');
    for (let page = 0; page < 100; page++) await on.page.keyboard.press('Shift+PageUp');
    const rows = await on.page.locator('.xterm-rows > div').count();
    await waitForScreen(on.page, new RegExp(`^line ${3000 + 2 - rows - 1000}$`, 'm'));
  });

  test('screen reader support: output is read out, and it is kept', async () => {
    await openSettings(on.page);
    await on.page.getByLabel(words.screenReader).check();
    await on.page.reload();
    await on.says(texts.terminal.connected);
    on.terminal.print('hello reader\r\n');
    await on.page.getByRole('listitem').filter({ hasText: 'hello reader' }).waitFor();
    await checkAccessibility(on.page);
  });

  test('everything is reached by the keyboard, and the focus comes back', async () => {
    await on.page.keyboard.press('Control+Shift+F6');
    assert.equal(await hasFocus(on.page, '.bar button'), true);
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.press('Enter');
    await on.page.getByRole('dialog', { name: words.title }).waitFor();
    await on.page.keyboard.press('Escape');
    await on.page.waitForFunction(() => document.activeElement?.matches('.xterm-helper-textarea'));
    await on.page.keyboard.press('Control+Shift+F6');
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.press('Enter');
    await on.page.waitForURL(`${on.gateway.homeOrigin}/`);
  });

  test('closing asks while a job runs, and only then; the page’s own links do not', async () => {
    const asks: string[] = [];
    on.page.on('dialog', (dialog) => {
      asks.push(dialog.type());
      void dialog.accept();
    });
    await on.page.keyboard.type('x');
    await on.came('input');
    await on.page.reload();
    await on.says(texts.terminal.connected);
    assert.deepEqual(asks, []);
    await on.page.keyboard.type('x');
    on.terminal.send({ name: 'jobs', running: 1 });
    on.terminal.print('\x1b[5n');
    await on.came('input');
    await on.came('input');
    // The browser's own process must know of the listener: an answer of the page comes to it after that.
    await on.page.evaluate(() => 0);
    await on.page.reload();
    assert.deepEqual(asks, ['beforeunload']);
    await on.says(texts.terminal.connected);
    await on.page.keyboard.type('x');
    on.terminal.send({ name: 'jobs', running: 1 });
    on.terminal.print('\x1b[5n');
    await on.came('input');
    await on.came('input');
    await on.page.getByRole('link', { name: texts.terminal.sessions }).click();
    await on.page.waitForURL(`${on.gateway.homeOrigin}/`);
    assert.deepEqual(asks, ['beforeunload']);
  });

  test('several tabs on one session show the same, and say which window decides the size', async () => {
    const other = await on.newPage();
    await other.setViewportSize({ width: 700, height: 400 });
    await other.goto(on.url);
    await on.says(texts.terminal.connected, other);
    on.terminal.print('both\r\n');
    await waitForScreen(on.page, /^both$/m);
    await waitForScreen(other, /^both$/m);
    on.terminal.send({ name: 'size', rows: 20, columns: 70 });
    const fit = texts.terminal.fit(70, 20);
    await other.getByRole('button', { name: fit }).waitFor();
    await on.page.getByRole('button', { name: fit }).click();
    await on.came('resize');
    await on.page.getByRole('button', { name: fit }).waitFor({ state: 'hidden' });
    assert.equal(await hasFocus(on.page, '.xterm-helper-textarea'), true);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  describe(`on a phone, ${colorScheme}`, () => {
    const on = new TerminalPage({
      ...{ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const tap = (label: string) => on.page.getByRole('button', { name: label, exact: true }).tap();
    const keys = texts.terminal.keys;

    test('the key bar types what the keyboard lacks; Ctrl and Alt hold for one key', async () => {
      await on.page.locator('.xterm-screen').tap();
      await tap(keys.escape);
      await tap(keys.tab);
      await tap(keys.up);
      await on.typed('\x1b\t\x1b[A');
      await tap(keys.control);
      await on.page.keyboard.insertText('c');
      await on.page.keyboard.insertText('c');
      await on.typed('\x03c');
      await tap(keys.control);
      await tap(keys.left);
      await tap(keys.alt);
      await on.page.keyboard.insertText('b');
      await on.typed('\x1b[1;5D\x1bb');
      on.terminal.print('\x1b[?1hready');
      await waitForScreen(on.page, /ready/);
      await tap(keys.down);
      await on.typed('\x1bOB');
      assert.equal(await hasFocus(on.page, '.xterm-helper-textarea'), true, 'the keyboard stays');
      await on.page.evaluate(() => navigator.clipboard.writeText('pasted'));
      await tap(keys.paste);
      await on.typed('pasted');
    });

    test('nothing is cut off or inaccessible: connected, finding, settings, a link, the end', async () => {
      on.terminal.print('\x1b]2;a rather long title of a window\x07hello\r\n');
      await waitForScreen(on.page, /hello/);
      await checkAccessibility(on.page);
      await on.page.getByRole('button', { name: texts.terminal.find.open }).tap();
      await on.page.getByRole('searchbox').fill('hello');
      await checkAccessibility(on.page);
      await on.page.keyboard.press('Escape');
      await openSettings(on.page);
      await checkAccessibility(on.page);
      await on.page.keyboard.press('Escape');
      on.terminal.send({ name: 'size', rows: 10, columns: 30 });
      await on.page.getByRole('button', { name: texts.terminal.fit(30, 10) }).waitFor();
      await checkAccessibility(on.page);
      on.terminal.exit(0);
      await on.says(texts.terminal.exited({ exitStatus: 0, endedBy: null }));
      await checkAccessibility(on.page);
    });
  });
}
