/** One terminal in several windows, with real programs: what a program asks is answered once, and each shows the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import {
  launchBrowser,
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
  const [, came] = await waitForScreen(first, new RegExp(`^came-${mark}:(.*)$`, 'm'));
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
  await waitForScreen(first, /^came-.*\n.*\$ *$/m);
  // Had it answered, that would stand before what is typed now.
  await first.keyboard.type('echo all-"right"\n');
  await waitForScreen(first, /\$ echo all-"right"\n(.*\n)*all-right$/m);
});
