/** What a person types and pastes into a terminal, with and without a connection. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import { waitForScreen } from '../lib/browser.ts';
import { TerminalPage } from '../lib/terminal-page.ts';

const on = new TerminalPage({ permissions: ['clipboard-read', 'clipboard-write'] });
const readClipboard = () => on.page.evaluate(() => navigator.clipboard.readText());
const writeClipboard = (text: string) =>
  on.page.evaluate((words) => navigator.clipboard.writeText(words), text);

for (const keys of ['Control+Shift+C', 'Control+Insert']) {
  test(`${keys} copies what is selected, and the program gets no key`, async () => {
    on.terminal.print('one two\r\n');
    await waitForScreen(on.page, /one two/);
    await writeClipboard('');
    await on.point('one two', 'dblclick');
    await on.page.keyboard.press(keys);
    await on.page.waitForFunction(async () => (await navigator.clipboard.readText()) === 'one');
    await on.page.keyboard.press('x');
    assert.equal((await on.came('input')).text, 'x');
  });
}

test('Control+Shift+A selects the scroll-back, too', async () => {
  for (let line = 1; line <= 200; line++) on.terminal.print(`line ${line}\r\n`);
  await waitForScreen(on.page, /^line 200$/m);
  await on.page.keyboard.press('Control+Shift+A');
  await on.page.keyboard.press('Control+Shift+C');
  await on.page.waitForFunction(async () =>
    (await navigator.clipboard.readText()).includes('line 200'),
  );
  assert.match(await readClipboard(), /^line 1\nline 2\n/);
});

for (const keys of ['Control+Shift+V', 'Shift+Insert']) {
  test(`${keys} pastes: as one when the program wants that, and never with keys in it`, async () => {
    await writeClipboard('ls -l\nrm \x1b[201~x');
    await on.page.keyboard.press(keys);
    await on.typed('ls -l\rrm [201~x');
    on.terminal.print('\x1b[?2004hready');
    await waitForScreen(on.page, /ready/);
    await on.page.keyboard.press(keys);
    await on.typed('\x1b[200~ls -l\rrm [201~x\x1b[201~');
  });
}

test('Control+C and Control+V are the program’s', async () => {
  await on.page.keyboard.press('Control+C');
  await on.page.keyboard.press('Control+V');
  await on.typed('\x03\x16');
});

test('an input method composes, and only the result is typed', async () => {
  const keyboard = await on.context.newCDPSession(on.page);
  for (const text of ['に', 'にほ', 'にほん']) {
    const at = { selectionStart: text.length, selectionEnd: text.length };
    await keyboard.send('Input.imeSetComposition', { text, ...at });
  }
  await on.page.locator('.composition-view.active').filter({ hasText: 'にほん' }).waitFor();
  await keyboard.send('Input.insertText', { text: '日本' });
  await on.typed('日本');
});

test('letters beyond the keyboard, and an emoji, arrive as UTF-8', async () => {
  await on.page.keyboard.insertText('é👩‍💻日');
  await on.typed('é👩‍💻日');
});

test('what is typed before the first connection is not lost', async () => {
  on.terminal.cut();
  await on.page.reload();
  await on.page.locator('.xterm-helper-textarea').waitFor({ state: 'attached' });
  await on.page.keyboard.type('early');
  await on.says(texts.terminal.kept(5));
  on.terminal.mend();
  await on.gateway.stop();
  await on.gateway.restart();
  await on.typed('early');
  await on.says(texts.terminal.connected);
});

test('what is typed while the connection is lost comes with the next one, once', async () => {
  await on.page.keyboard.type('a');
  await on.typed('a');
  await on.gateway.stop();
  await on.says(texts.terminal.lost);
  await on.page.keyboard.type('bc');
  await on.says(texts.terminal.kept(2));
  await on.gateway.restart();
  await on.typed('bc');
  await on.page.keyboard.type('d');
  await on.typed('d');
});

test('more than is kept without a connection is refused in words', async () => {
  await on.gateway.stop();
  await on.says(texts.terminal.lost);
  await on.page.keyboard.insertText('x'.repeat(4090));
  await on.page.keyboard.insertText('y'.repeat(100));
  await on.says(texts.terminal.keptFull);
  await on.gateway.restart();
  await on.typed('x'.repeat(4090));
});

test('a network that was cut without a word is noticed, and what it swallowed is sent again', async () => {
  await on.page.clock.install();
  await on.page.reload();
  await on.says(texts.terminal.connected);
  await on.page.keyboard.type('a');
  await on.typed('a');
  on.terminal.cut();
  await on.page.keyboard.type('swallowed');
  // 3 s of silence, then 5 s without an answer.
  await on.page.clock.runFor(3100);
  await on.page.clock.runFor(5100);
  on.terminal.mend();
  await on.page.clock.runFor(15_000);
  await on.typed('swallowed');
});

test('what is typed after the end goes nowhere, and the page says how to go on', async () => {
  on.terminal.exit(3 << 8);
  await on.says(texts.terminal.exited({ exitStatus: 3, endedBy: null }));
  await on.page.keyboard.type('x');
  const fresh = on.page.getByRole('link', { name: texts.terminal.fresh });
  assert.equal(await fresh.getAttribute('href'), `${on.gateway.homeOrigin}/#new`);
  await on.page.keyboard.press('Control+Shift+F6');
  assert.equal(on.terminal.came.all.filter(({ name }) => name === 'input').length, 0);
});
