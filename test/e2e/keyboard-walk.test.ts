/** From the sign-in to a running command to the sign-out on the real server, without a mouse. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { launchBrowser, pressByKeyboard, runInTerminal } from '../lib/browser.ts';
import { type Server, startServer } from '../lib/server.ts';
import { checkAccessibility, collectComplaints, shoot } from '../lib/watch-page.ts';

let server: Server;
let browser: Browser;
let account: Account;

before(async () => {
  account = makeAccount('ada');
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1000, 360]) {
    test(`the walk, ${colorScheme}, ${width} px wide`, async () => {
      const viewport = { width, height: 700 };
      const context = await browser.newContext({ ignoreHTTPSErrors: true, colorScheme, viewport });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      await walk(page, `${colorScheme}-${width}`);
      await context.close();
    });
  }
}

async function walk(page: Page, view: string): Promise<void> {
  const complaints = collectComplaints(page);
  const name = `Walk ${view}`;
  const look = async (name: string): Promise<void> => {
    await checkAccessibility(page);
    await shoot(page, `walk-${name}-${view}`);
  };
  await page.goto(server.url);
  await page.getByLabel(texts.signIn.user).waitFor();
  await look('1-sign-in');
  await page.keyboard.type(account.name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: texts.home.title, exact: true }).waitFor();
  await look('2-home');
  await pressByKeyboard(page, texts.home.start);
  await page.getByText(texts.terminal.connected).waitFor();
  const screen = await runInTerminal(page, 'id -un; sleep 1000 & true');
  assert.match(screen, new RegExp(`^${account.name}$`, 'm'));
  await look('3-terminal');
  await page.keyboard.press('Control+Shift+F6');
  await pressByKeyboard(page, texts.terminal.sessions);
  await page.getByText(texts.session.processes(2)).first().waitFor();
  await look('4-home');
  await pressByKeyboard(page, texts.session.renameLabel('Terminal 1'));
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: name, exact: true }).waitFor();
  await pressByKeyboard(page, texts.home.signOut);
  await page.getByRole('dialog').getByText(name).waitFor();
  await look('5-sign-out');
  await page.keyboard.press('Escape');
  await pressByKeyboard(page, texts.session.endLabel(name));
  await pressByKeyboard(page, texts.session.confirm);
  const row = page.getByRole('listitem').filter({ hasText: name });
  await row.getByText(texts.session.states.ended, { exact: true }).waitFor();
  await pressByKeyboard(page, texts.home.signOut);
  await page.getByLabel(texts.signIn.user).waitFor();
  await page.reload();
  await page.getByLabel(texts.signIn.user).waitFor();
  assert.deepEqual(complaints, []);
}
