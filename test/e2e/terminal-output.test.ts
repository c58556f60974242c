/** What programs make the page show and do: links, titles, the bell, the clipboard, wide characters; hostile ones, too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import { findOnScreen, NO_LIMIT, readScreen, waitForScreen } from '../lib/browser.ts';
import { hasFocus, TerminalPage } from '../lib/terminal-page.ts';
import { checkAccessibility, noticeElement } from '../lib/watch-page.ts';

const on = new TerminalPage({ permissions: ['clipboard-read', 'clipboard-write'] });
const title = (wanted: string) =>
  on.page.waitForFunction((text) => document.title === text, wanted);
const osc8 = (address: string, text: string) => `\x1b]8;;${address}\x07${text}\x1b]8;;\x07`;
const osc52 = (data: string) => `\x1b]52;c;${data}\x07`;

/** All that was printed before has been shown, and asked nothing: an answer to this comes first. */
async function assertNoAnswer(): Promise<void> {
  on.terminal.print('\x1b[5n');
  assert.equal((await on.came('input')).text, '\x1b[0n');
}

test('an address in the output is opened by a click, in a tab that knows nothing of this one', async () => {
  await on.context.route('https://example.org/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<script>opener?.location</script>there' }),
  );
  on.terminal.print('see https://example.org/docs?a=b now\r\n');
  await waitForScreen(on.page, /see/);
  const opened = on.context.waitForEvent('page');
  await on.page.mouse.move(300, 300);
  const { x, y, height } = await findOnScreen(on.page, 'see');
  await on.page.mouse.move(x + 60, y + height / 2);
  await on.page.locator('.bar .title', { hasText: 'https://example.org/docs?a=b' }).waitFor();
  await on.page.mouse.click(x + 60, y + height / 2);
  const page = await opened;
  await page.waitForURL('https://example.org/docs?a=b');
  assert.equal(await page.evaluate(() => opener === null && document.referrer === ''), true);
});

test('a link with a text of its own says where it leads before it goes there', async () => {
  await on.context.route('https://evil.example/**', (route) => route.fulfill({ body: 'there' }));
  on.terminal.print(`${osc8('https://evil.example/x', 'my bank')}\r\n`);
  await waitForScreen(on.page, /my bank/);
  await on.point('my bank', 'click');
  const dialog = on.page.getByRole('dialog', { name: texts.terminal.link.title });
  await dialog.getByText('https://evil.example/x').waitFor();
  assert.equal(await hasFocus(on.page, 'dialog button'), true);
  await checkAccessibility(on.page);
  await on.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(on.context.pages().length, 1);
  await on.point('my bank', 'click');
  const opened = on.context.waitForEvent('page');
  await dialog.getByRole('link', { name: texts.terminal.link.open }).click();
  await (await opened).waitForURL('https://evil.example/x');
});

test('links to scripts, files and data are none', async () => {
  const addresses = ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'vbscript:x'];
  for (const [index, address] of addresses.entries()) {
    const text = `harmless ${index}`;
    on.terminal.print(`\x1b[H\x1b[2J${osc8(address, text)}`);
    await waitForScreen(on.page, new RegExp(`^${text}$`, 'm'));
    await on.point(text, 'click');
  }
  await assertNoAnswer();
  assert.equal(await on.page.getByRole('dialog').count(), 0);
  assert.equal(on.context.pages().length, 1);
});

test('a title of control, invisible and bidirectional characters, or of a megabyte, is shown as text', async () => {
  on.terminal.print('\x1b]2;notes\x07');
  await title('notes');
  on.terminal.print('\x1b]0;a\u202eb\u200b<b>c</b>\x07');
  await title('ab<b>c</b>');
  await on.page.locator('.bar .title').filter({ hasText: 'ab<b>c</b>' }).waitFor();
  on.terminal.print(`\x1b]2;${'x'.repeat(1_000_000)}\x07`);
  await title(`${'x'.repeat(100)}…`);
  on.terminal.print('\x1b]2;\x07');
  await title(texts.terminal.title);
});

test('the title cannot be asked for, nor any answer be made to type a command', async () => {
  on.terminal.print('\x1b]2;rm -rf ~\x07\x1b[21t\x1b[20t\x05\x1b]l\x1b\\');
  await title('rm -rf ~');
  await assertNoAnswer();
  // DECRQSS with a bad request, DECRQM, device attributes, colours: what the terminal says has no line end in it.
  on.terminal.print('\x1bP$qx\r\nid\r\n\x1b\\\x1b[c\x1b[>c\x1b[?1;2$p\x1b]10;?\x07\x1b]4;1;?\x07');
  on.terminal.print('\x1b[5n');
  let answers = '';
  while (!answers.endsWith('\x1b[0n')) answers += (await on.came('input')).text;
  assert.doesNotMatch(answers, /[\r\n]|id/);
});

test('the bell flashes, and marks the tab until it is looked at', async () => {
  on.terminal.print('\x1b]2;build\x07');
  await title('build');
  // One that is seen leaves no mark.
  await on.page.evaluate(() => {
    document.hasFocus = () => false;
  });
  const flash = await noticeElement(on.page, '#terminal.rings');
  on.terminal.print('\x07');
  await flash.came();
  await title(texts.terminal.rung('build'));
  await on.page.evaluate(() => {
    document.hasFocus = () => true;
    dispatchEvent(new Event('focus'));
  });
  await title('build');
  on.terminal.print('\x07'.repeat(1000));
  await assertNoAnswer();
  assert.equal(await on.page.title(), 'build');
});

test('OSC 52: nothing is written unless a person allows it, nothing is ever read', async () => {
  await on.page.evaluate(() => navigator.clipboard.writeText('mine'));
  on.terminal.print(osc52(btoa('theirs')) + osc52('?'));
  await assertNoAnswer();
  const clipboard = () => on.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(await clipboard(), 'mine');
  await on.page.getByRole('button', { name: texts.terminal.settings.open }).click();
  await on.page.getByLabel(texts.terminal.settings.clipboard).check();
  await on.page.keyboard.press('Escape');
  on.terminal.print(osc52(btoa('theirs')));
  await on.says(texts.terminal.copied(6));
  assert.equal(await clipboard(), 'theirs');
  on.terminal.print(osc52('?'));
  await assertNoAnswer();
  // Loading the page again shows the old output, but writes nothing a second time.
  await on.page.evaluate(() => navigator.clipboard.writeText('mine again'));
  await on.page.reload();
  await on.says(texts.terminal.connected);
  await assertNoAnswer();
  assert.equal(await clipboard(), 'mine again');
});

test('characters are as wide as wcwidth(3) has them', async () => {
  // Columns as glibc 2.36 counts them, and so shells and editors do.
  const widths = {
    日本語: 6,
    '👍': 2,
    '🫠': 2,
    é: 1,
    'e\u0301': 1,
    '✓': 1,
    '👩‍💻': 4,
    한글: 4,
    '…': 1,
  };
  for (const [text, width] of Object.entries(widths)) {
    on.terminal.print(`\r\x1b[2K${text}\x1b[6n`);
    assert.equal((await on.came('input')).text, `\x1b[1;${width + 1}R`, text);
  }
});

test('finding: by the keyboard alone, through the scroll-back, upper and lower case', async () => {
  for (let line = 1; line <= 300; line++)
    on.terminal.print(`line ${line} ${line % 100 ? '' : 'Needle'}\r\n`);
  await waitForScreen(on.page, /^line 300 Needle$/m);
  await on.page.keyboard.press('Control+Shift+F');
  await on.page.getByRole('searchbox').waitFor();
  await on.page.keyboard.type('needle');
  const count = on.page.locator('.find output');
  await count.filter({ hasText: /^\d of 3$/ }).waitFor();
  const seen = new Set<string>();
  for (let turn = 0; turn < 3; turn++) {
    seen.add(await count.innerText());
    const before = await count.innerText();
    await on.page.keyboard.press('Enter');
    await count.filter({ hasNotText: before }).waitFor();
  }
  assert.deepEqual([...seen].sort(), ['1 of 3', '2 of 3', '3 of 3']);
  await on.page.keyboard.press('Shift+Enter');
  await on.page.keyboard.press('Tab');
  await on.page.keyboard.press('Space');
  await count.filter({ hasText: texts.terminal.find.none }).waitFor();
  await on.page.keyboard.press('Escape');
  assert.equal(await hasFocus(on.page, '.xterm-helper-textarea'), true);
  await on.page.keyboard.type('x');
  assert.equal((await on.came('input')).text, 'x');
});

test('random bytes of a megabyte leave the page as it was', async () => {
  let state = 1;
  const random = Buffer.from(
    Array.from({ length: 1_000_000 }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return (state >> 16) & 0xff;
    }),
  );
  on.terminal.printBytes(random);
  on.terminal.print('\x18\x1bc\x1b[!pthe end\r\n');
  await waitForScreen(on.page, /the end/, NO_LIMIT);
  assert.match(await readScreen(on.page), /^the end/);
  assert.equal(new URL(on.page.url()).pathname, new URL(on.url).pathname);
});
