/** One terminal in several windows, with real programs: what a program asks is answered once, and each shows the same. */
import assert from 'node:assert/strict';
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
let account: Account;
let context: BrowserContext;
let first: Page;
let second: Page;
const complaints: string[] = [];

before(async () => {
  unpackPackages();
  account = makeAccount('ida');
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
  context = await makeContext(1000, 640);
  first = await openTerminal(context, server.url);
  second = await join(context);
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
  assert.deepEqual(complaints, []);
});

async function makeContext(width: number, height: number): Promise<BrowserContext> {
  const made = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width, height } });
  made.setDefaultTimeout(30_000);
  await signIn(await made.newPage(), server.url, account.name, account.password);
  return made;
}

/** Another window on the same terminal. */
async function join(from: BrowserContext): Promise<Page> {
  const page = await from.newPage();
  collectComplaints(page, complaints);
  // By the home origin, which knows who may enter.
  await page.goto(new URL(new URL(first.url()).pathname, server.url).href);
  await page.getByText(texts.terminal.connected).waitFor();
  return page;
}

/** Asks, waits until both windows have shown it, and reads what came: as printf %q writes it. */
async function ask(questions: string): Promise<string> {
  const mark = Math.random().toString(36).slice(2, 8);
  await first.bringToFront();
  const asking = `printf 'asks''-${mark}${questions}\\n'; IFS= read -rsd x answer`;
  await first.keyboard.type(`clear; ${asking}; printf 'came''-${mark}:%q\\n' "$answer"\n`);
  for (const page of [first, second]) await waitForScreen(page, new RegExp(`^asks-${mark}`, 'm'));
  await first.keyboard.type('x');
  const [, came] = await waitForScreen(first, new RegExp(`came-${mark}:(.+)$`, 'm'));
  return came!;
}

test('each question is answered once with two windows open: place, kind, modes, colours, settings', async () => {
  await runInTerminal(first, 'true');
  assert.match(await ask('\\033[6n'), /^\$'\\E\[\d+;\d+R'$/);
  assert.equal(await ask('\\033[c\\033[>c'), "$'\\E[?1;2c\\E[>0;276;0c'");
  assert.equal(await ask('\\033[?7$p\\033[5n'), "$'\\E[?7;1$y\\E[0n'");
  const colors = /^\$'\\E\]10;rgb:[0-9a-f/]+\\E\\\\\\E\]11;rgb:[0-9a-f/]+\\E\\\\'$/;
  assert.match(await ask('\\033]10;?\\007\\033]11;?\\007'), colors);
  assert.equal(await ask('\\033P$qm\\033\\\\'), "$'\\EP1$r0m\\E\\\\'");
});

test('tmux in two windows: what is typed reaches the shell, and nothing else does', async () => {
  await first.keyboard.type('clear; tmux -f /dev/null new -s work\n');
  for (const page of [first, second]) await waitForScreen(page, /\[work\]/);
  await first.keyboard.type('echo hello-"there"\n');
  for (const page of [first, second]) await waitForScreen(page, /^hello-there/m);
  await second.bringToFront();
  await second.keyboard.type('echo from-"second"\n');
  for (const page of [first, second]) await waitForScreen(page, /^from-second/m);
  for (const page of [first, second]) assert.doesNotMatch(await readScreen(page), /276|;0c|rgb:/);
  await shoot(first, 'terminal-two-windows-first');
  await shoot(second, 'terminal-two-windows-second');
  await second.keyboard.type('exit\n');
  for (const page of [first, second]) await waitForScreen(page, /\[exited\]/);
});

test('loaded again, nothing is answered again', async () => {
  await first.bringToFront();
  await runInTerminal(first, 'true');
  await ask('\\033[6n\\033[c');
  await first.reload();
  await first.getByText(texts.terminal.connected).waitFor();
  await waitForScreen(first, /came-.*\n.*\$ *$/m);
  // Had it answered, that would stand before what is typed now.
  await first.keyboard.type('echo all-"right"\n');
  await waitForScreen(first, /\$ echo all-"right"\n(.*\n)*all-right$/m);
});

/** 3 MB that scroll in one pane, while another one waits with what it has drawn long before. */
const FLOOD = 'yes "$(printf %0100d 7)" | head -c 3000000';

async function joinAndShoot(from: BrowserContext, name: string): Promise<Page> {
  const page = await join(from);
  return shoot(page, name).then(() => page);
}

test('tmux with vim left and 3 MB right: loaded again, and on a phone, the screen is as it is', async () => {
  await first.bringToFront();
  await runInTerminal(first, 'true');
  await first.keyboard.type('clear; tmux -f /dev/null new -s flood\n');
  await waitForScreen(first, /\[flood\]/);
  await first.keyboard.type('seq 500 >lines; vim.basic -u NONE -N -c "set number" lines\n');
  await waitForScreen(first, /^ +1 /m);
  await first.keyboard.press('Control+B');
  await first.keyboard.type('%');
  await waitForScreen(first, /│/);
  // What is left of the bar is only drawn once.
  await first.keyboard.type(`clear; ${FLOOD}; clear; echo do"ne"\n`);
  await waitForScreen(first, /│done/, NO_LIMIT);
  const before = await readScreen(first);
  assert.match(before, /^ +1 .*│done/m);
  await shoot(first, 'terminal-3mb-before');
  await first.reload();
  await first.getByText(texts.terminal.connected).waitFor();
  await waitForScreen(first, /│done/, NO_LIMIT);
  assert.equal(withoutClock(await readScreen(first)), withoutClock(before));
  await shoot(first, 'terminal-3mb-after');
  const phone = await joinAndShoot(await makeContext(390, 700), 'terminal-phone-joins');
  await waitForScreen(phone, /^ +1 /m);
  // tmux draws for the phone, and nothing of the wide screen is left.
  await waitForScreen(phone, /^(.{0,60}\n)*.{0,60}$/);
  await shoot(phone, 'terminal-phone');
  await phone.context().close();
  await first.keyboard.type('tmux kill-server\n');
  await waitForScreen(first, /\[server exited\]|\[exited\]/);
});

/** tmux's line ends with the time. */
function withoutClock(screen: string): string {
  return screen.replaceAll(/\d\d:\d\d \d\d-\w{3}-\d\d/g, '');
}

test('bracketed paste after 3 MB and a reload: pasted lines are not run', async () => {
  await runInTerminal(first, 'true');
  const reader = `printf '\\033[?1049h\\033[?2004h'; ${FLOOD}; printf '\\nwa''iting\\n'; IFS= read -rsd x answer; printf '\\033[?2004l\\033[?1049lca''me:%q\\n' "$answer"`;
  await first.keyboard.type(`clear; ${reader}\n`);
  await waitForScreen(first, /^waiting/m, NO_LIMIT);
  await first.reload();
  await first.getByText(texts.terminal.connected).waitFor();
  await waitForScreen(first, /^waiting/m, NO_LIMIT);
  await first.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'one\ntwo\n');
    const options = { clipboardData, bubbles: true, cancelable: true };
    document
      .querySelector('.xterm-helper-textarea')!
      .dispatchEvent(new ClipboardEvent('paste', options));
  });
  await first.keyboard.type('x');
  const [, came] = await waitForScreen(first, /^came:(.*)$/m);
  assert.equal(came, "$'\\E[200~one\\ntwo\\n\\E[201~'");
});
