/** The real server: its title and notice, and one browser that signs another out. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { launchBrowser, signIn } from '../lib/browser.ts';
import { type Server, startServer } from '../lib/server.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
let server: Server;
let browser: Browser;
let account: Account;
let desk: Page;
let phone: Page;

before(async () => {
  account = makeAccount('ada');
  mkdirSync('/etc/vestibule', { recursive: true });
  const lines = ['www-title=Cluster "7" & more', 'www-banner=Be kind.\\nOr <b>else</b>.'];
  writeFileSync('/etc/vestibule/vestibule.conf', `${lines.join('\n')}\n`, { mode: 0o644 });
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
  desk = await openPage();
  phone = await openPage(PHONE);
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
});

async function openPage(userAgent?: string): Promise<Page> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    ...(userAgent === undefined ? {} : { userAgent }),
  });
  context.setDefaultTimeout(20_000);
  return await context.newPage();
}
const section = () => desk.getByRole('region', { name: texts.signIns.title, exact: true });

test('title and notice of the configuration stand on the sign-in page', async () => {
  await desk.goto(server.url);
  const title = texts.signIn.title('Cluster "7" & more');
  await desk.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  const notice = desk.getByRole('region', { name: texts.signIn.banner });
  assert.equal(await notice.innerText(), 'Be kind.\nOr <b>else</b>.');
});

test('both browsers stand in the list, this one marked', async () => {
  await signIn(phone, server.url, account.name, account.password);
  await signIn(desk, server.url, account.name, account.password);
  const rows = section().getByRole('listitem');
  await rows.filter({ hasText: 'Chrome on Android' }).waitFor();
  assert.equal(await rows.count(), 2);
  await rows.first().getByText(texts.signIns.current).waitFor();
});

test('the other is signed out at once, this one is not', async () => {
  await section().getByRole('button', { name: texts.signIns.endOthers }).click();
  await phone.getByText(texts.signIn.signedOut).waitFor();
  await section().getByText('Chrome on Android').waitFor({ state: 'detached' });
  await desk.reload();
  await section().getByText(texts.signIns.current).waitFor();
});
