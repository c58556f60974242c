/** What people run in a terminal, in real sessions and a real browser: their shell, editors, a great deal of output. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import {
  launchBrowser,
  NO_LIMIT,
  openTerminal,
  readScreen,
  runInTerminal,
  signIn,
  waitForScreen,
} from '../lib/browser.ts';
import { unpackPackages } from '../lib/packages.ts';
import { type Server, startServer } from '../lib/server.ts';
import { collectComplaints, shoot } from '../lib/watch-page.ts';

let server: Server;
let browser: Browser;
let context: BrowserContext;
let account: Account;
let terminal: Page;
const complaints: string[] = [];

before(async () => {
  unpackPackages();
  account = makeAccount('ida');
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
  context = await makeContext();
  const home = await context.newPage();
  await signIn(home, server.url, account.name, account.password);
  terminal = await openTerminal(context, server.url);
  collectComplaints(terminal, complaints);
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
  assert.deepEqual(complaints, []);
});

async function makeContext(): Promise<BrowserContext> {
  const made = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1100, height: 500 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  made.setDefaultTimeout(30_000);
  return made;
}

/** All lines that the page keeps. */
async function readAll(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.keyboard.press('Control+Shift+A');
  await page.keyboard.press('Control+Shift+C');
  const copied = await page.waitForFunction(() => navigator.clipboard.readText());
  return (await copied.jsonValue()).split('\n');
}

test('the shell of the account, as a login shell, at home, with TERM and UTF-8', async () => {
  const screen = await runInTerminal(
    terminal,
    'echo "$0 $PWD $TERM $LANG"; locale charmap; tput colors; shopt login_shell',
  );
  assert.match(screen, /^-bash \/home\/ida xterm-256color C\.UTF-8$/m);
  assert.match(screen, /^UTF-8$/m);
  assert.match(screen, /^256$/m);
  assert.match(screen, /^login_shell\s+on$/m);
});

test('another shell, and a home that is missing: said, and then in /', async () => {
  const una = makeAccount('una');
  execFileSync('usermod', ['-s', '/bin/sh', '-d', '/home/nowhere', una.name]);
  const other = await makeContext();
  await signIn(await other.newPage(), server.url, una.name, una.password);
  const page = await openTerminal(other, server.url);
  await waitForScreen(page, /^Cannot enter the home directory '\/home\/nowhere' \(No such file/m);
  const screen = await runInTerminal(page, 'echo "$0 $PWD"');
  assert.match(screen, /^-sh \/$/m);
  await other.close();
});

test('vim: typing, saving, and the screen as it was', async () => {
  await runInTerminal(terminal, 'echo before-"vim"');
  await terminal.keyboard.type('vim.basic -u NONE -N notes.txt\n');
  await waitForScreen(terminal, /^~$/m);
  await terminal.keyboard.type('i');
  await waitForScreen(terminal, /-- INSERT --/);
  await terminal.keyboard.insertText('Grüße 日本語 👍');
  await terminal.keyboard.press('Enter');
  await terminal.keyboard.type('second line');
  await terminal.keyboard.press('ArrowUp');
  await terminal.keyboard.press('Home');
  await terminal.keyboard.type('X');
  await waitForScreen(terminal, /^XGrüße 日本語 👍/m);
  await shoot(terminal, 'terminal-vim');
  await terminal.keyboard.press('Escape');
  await terminal.keyboard.type(':wq\n');
  await waitForScreen(terminal, /before-vim/);
  assert.equal(readFileSync('/home/ida/notes.txt', 'utf8'), 'XGrüße 日本語 👍\nsecond line\n');
});

test('htop: draws, follows the window, ends', async () => {
  await terminal.keyboard.type('clear; htop\n');
  await waitForScreen(terminal, /PID.*USER.*Command/);
  await waitForScreen(terminal, /ida.*htop/);
  await shoot(terminal, 'terminal-htop');
  const { length: rows } = (await readScreen(terminal)).split('\n');
  await terminal.setViewportSize({ width: 700, height: 600 });
  // In a row that was not there before.
  await waitForScreen(terminal, new RegExp(`^(?:.*\n){${rows},}.*F10Quit\\s*$`));
  await terminal.keyboard.press('F10');
  await waitForScreen(terminal, /\$ *$/m);
  await terminal.setViewportSize({ width: 1100, height: 500 });
});

test('tmux: windows, panes, detach and attach', async () => {
  await terminal.keyboard.type('clear; tmux new -s work\n');
  await waitForScreen(terminal, /\[work\]/);
  await terminal.keyboard.type('echo in-"tmux"\n');
  await waitForScreen(terminal, /^in-tmux/m);
  await terminal.keyboard.press('Control+B');
  await terminal.keyboard.type('%');
  await waitForScreen(terminal, /│/);
  await shoot(terminal, 'terminal-tmux');
  await terminal.keyboard.press('Control+B');
  await terminal.keyboard.type('d');
  await waitForScreen(terminal, /\[detached/);
  await terminal.keyboard.type('tmux attach -t work\n');
  await waitForScreen(terminal, /^in-tmux.*│/m);
  await terminal.keyboard.type('tmux kill-server\n');
  await waitForScreen(terminal, /\[server exited\]|\[exited\]/);
});

test('the shell counts wide characters as the page does: editing a line stays where it belongs', async () => {
  await terminal.keyboard.press('Control+L');
  // The shell's own reading of the line: before, the keys would be the kernel's.
  await waitForScreen(terminal, /^.*\$\s*$/);
  await terminal.keyboard.insertText('echo 日本👍🦾e\u0301x');
  await terminal.keyboard.press('ArrowLeft');
  await terminal.keyboard.press('Backspace');
  await terminal.keyboard.press('Backspace');
  await terminal.keyboard.type('Y');
  await waitForScreen(terminal, /echo 日本👍Yx$/m);
  await terminal.keyboard.press('Enter');
  await waitForScreen(terminal, /^日本👍Yx$/m);
});

test('100 MB of output: the server answers others meanwhile, and what is kept has no gap', async () => {
  const other = await openTerminal(context, server.url);
  await terminal.bringToFront();
  await runInTerminal(terminal, 'true');
  await terminal.keyboard.type('clear; seq -f %099.0f 1 1000000; echo end-of-"it"\n');
  await waitForScreen(terminal, /^\d{99}$/m);
  await other.bringToFront();
  const screen = await runInTerminal(other, 'echo other-"one"');
  assert.match(screen, /^other-one$/m);
  const { origin } = new URL(server.url);
  assert.equal((await context.request.get(`${origin}/api/home`)).status(), 200);
  await terminal.bringToFront();
  await waitForScreen(terminal, /^end-of-it$/m, NO_LIMIT);
  const lines = await readAll(terminal);
  const end = lines.indexOf('end-of-it');
  const numbers = lines.slice(end - 9900, end).map(Number);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => 1_000_000 - 9900 + 1 + index),
  );
  await other.close();
});

test('a job that runs is asked about before the page is closed', async () => {
  await runInTerminal(terminal, 'true');
  const asked: string[] = [];
  terminal.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await terminal.keyboard.type('sleep 1000\n');
  // The page learns it in its own time: until it has, loading it again asks nothing.
  while (asked.length === 0) {
    await terminal.reload();
    await terminal.getByText(texts.terminal.connected).waitFor();
    await waitForScreen(terminal, /sleep 1000/);
    await terminal.keyboard.press('Shift');
  }
  await terminal.keyboard.press('Control+C');
  assert.match(await runInTerminal(terminal, 'echo still-"here"'), /^still-here$/m);
  assert.equal((await readScreen(terminal)).match(/still-here/g)?.length, 1);
});

test('the end of the shell is said with its status', async () => {
  await terminal.keyboard.type('exit 7\n');
  await terminal.getByText(texts.terminal.exited({ exitStatus: 7, endedBy: null })).waitFor();
  await terminal.getByRole('link', { name: texts.terminal.fresh }).click();
  const start = terminal.getByRole('button', { name: texts.home.start });
  await start.waitFor();
  await terminal.keyboard.press('Enter');
  await terminal.getByText(texts.terminal.connected).waitFor();
});
