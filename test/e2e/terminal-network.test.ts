/** A terminal over a bad network: slow, cut without a word, changed. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
import { Network } from '../lib/network.ts';
import { type Server, startServer } from '../lib/server.ts';

const ADDRESS = '127.0.0.2';
let server: Server;
let network: Network;
let browser: Browser;
let context: BrowserContext;
let account: Account;
let terminal: Page;

before(async () => {
  account = makeAccount('noa');
  // Its ports on another address are the network's.
  mkdirSync('/etc/vestibule', { recursive: true });
  writeFileSync('/etc/vestibule/vestibule.conf', 'www-address=127.0.0.1\n');
  server = await startServer('--port', '9443');
  network = await Network.open(ADDRESS, [9443, 9444]);
  browser = await launchBrowser();
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(30_000);
});
after(async () => {
  await browser?.close();
  network?.close();
  await server?.interrupt();
  rmSync('/etc/vestibule/vestibule.conf');
});

test('at a round trip of 100 ms: sign in, start a terminal, work in it', async () => {
  network.delay = 50;
  const home = await context.newPage();
  await signIn(home, `https://${ADDRESS}:9443/`, account.name, account.password);
  terminal = await openTerminal(context, home.url());
  assert.match(await runInTerminal(terminal, 'echo far-"away"'), /^far-away$/m);
  network.delay = 0;
});

test('a cut network: the page notices, what was typed arrives once, what was printed stands there once', async () => {
  await terminal.keyboard.type(
    'clear; stty -echo; echo rea"dy"; while read -r line; do echo "got $line"; done\n',
  );
  await waitForScreen(terminal, /^ready$/m);
  await terminal.keyboard.type('one\n');
  await waitForScreen(terminal, /^got one$/m);
  network.cut();
  await terminal.keyboard.type('two\n');
  network.mend();
  await waitForScreen(terminal, /^got two$/m);
  await terminal.keyboard.type('three\n');
  await waitForScreen(terminal, /^got three$/m);
  assert.match(await readScreen(terminal), /got one\ngot two\ngot three\n/);
});

test('a network that is away for longer: the page says so, keeps the keys, and comes back', async () => {
  network.cut();
  await terminal.keyboard.type('four\n');
  await terminal.getByText(texts.terminal.lost).waitFor();
  await terminal.keyboard.type('five\n');
  await terminal.getByText(texts.terminal.kept(5)).waitFor();
  network.mend();
  await terminal.getByRole('button', { name: texts.terminal.tryNow }).click({ noWaitAfter: true });
  await waitForScreen(terminal, /^got four\ngot five$/m);
  assert.equal((await readScreen(terminal)).match(/got four/g)?.length, 1);
  await terminal.keyboard.press('Control+C');
});

test('loading the page in the middle of a connection shows everything once', async () => {
  await runInTerminal(terminal, 'stty echo; seq 1 20');
  network.tell();
  // A job may have run when the page was last told.
  terminal.on('dialog', (dialog) => void dialog.accept());
  await terminal.reload();
  await waitForScreen(terminal, /^20$/m);
  assert.equal((await readScreen(terminal)).match(/^20$/gm)?.length, 1);
});
