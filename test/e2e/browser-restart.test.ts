/** The home session in Chromium on the real server: open, refused and mended; and a browser that comes back with its cookie. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import type { Account } from '../lib/accounts.ts';
import {
  launchBrowser,
  openTerminal,
  runInTerminal,
  signIn,
  startTerminal,
} from '../lib/browser.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { ownProcesses } from '../lib/intruder.ts';
import { scanProcess, shapesOf } from '../lib/memory.ts';
import { makePrivateAccount } from '../lib/person.ts';
import { findProcesses } from '../lib/processes.ts';
import { Product, until } from '../lib/product.ts';
import { collectComplaints } from '../lib/watch-page.ts';

const URL = 'https://localhost:8787/';
const STATE = '/tmp/browser-state.json';
const HOOK = '/usr/local/sbin/mount-home';

let product: Product;
let account: Account;
let browser: Browser;
const complaints: string[] = [];

before(async () => {
  account = makePrivateAccount('restart-ada');
  preparePam({
    session: [`session required pam_exec.so quiet stdout type=open_session ${HOOK}`],
  });
  writeHook('exit 0');
  product = await Product.install();
  await product.start();
});
afterEach(async () => {
  await browser?.close();
  assert.deepEqual(complaints, []);
});
after(() => product?.wipe());

/** What the session profile runs, as root. */
function writeHook(script: string): void {
  writeFileSync(HOOK, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** In a process of its own. */
async function openBrowser(storageState?: string): Promise<Page> {
  browser = await launchBrowser();
  const options = storageState === undefined ? {} : { storageState };
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  collectComplaints(page, complaints);
  return page;
}

const homeSession = (page: Page) => page.getByRole('region', { name: texts.homeSession.label });
const isOpen = (page: Page) => homeSession(page).getByText(texts.homeSession.open).waitFor();

test('the home page shows its PAM session as open; a browser restarted with its cookie has it all', async () => {
  const first = await openBrowser();
  await signIn(first, URL, account.name, account.password);
  await isOpen(first);
  await (await openTerminal(first.context(), first.url())).close();
  await first.context().storageState({ path: STATE });
  await browser.close();
  await product.kill('broker');
  // The sign-in's may still be ending.
  const isSettled = () => findProcesses('/vestibule-leader').length === 4;
  await until(isSettled, 'a watch and a leader each of the terminal and the home session');

  const shapes = shapesOf(account.password);
  for (const { pid, argv } of ownProcesses())
    assert.deepEqual(scanProcess(pid, shapes).found, [], argv.join(' '));
  assert.ok(!readFileSync(STATE, 'utf8').includes(account.password));

  const again = await openBrowser(STATE);
  await again.goto(URL);
  await again.getByRole('heading', { level: 1 }).filter({ hasText: texts.home.title }).waitFor();
  await isOpen(again);
  const fresh = await startTerminal(again);
  await fresh.locator('.xterm-helper-textarea').focus();
  assert.match(await runInTerminal(fresh, 'id -un'), /^restart-ada$/m);
  await again.goto(URL);
  await again.getByText('Terminal 2', { exact: true }).waitFor();
  await again.getByText('Terminal 1', { exact: true }).waitFor();
});

test('when the session profile refuses the page says why and stays usable; mended, Retry opens it', async () => {
  const refused = makePrivateAccount('restart-ben');
  writeHook('echo "The file server fs1 is away."; exit 1');
  const page = await openBrowser();
  await signIn(page, URL, refused.name, refused.password);
  const region = homeSession(page);
  await region.getByText(texts.homeSession.failed).waitFor();
  await region.getByText(PROBLEMS['session-set-up'].text).waitFor();
  await region.getByText('The file server fs1 is away.').waitFor();
  assert.match(await region.innerText(), /Reference: [0-9a-f]{12}/);
  await page.getByRole('button', { name: texts.home.start }).waitFor();
  writeHook('exit 0');
  await region.getByRole('button', { name: texts.tryAgain }).click();
  await isOpen(page);
  await region.getByText('The file server fs1 is away.').waitFor({ state: 'detached' });
});
