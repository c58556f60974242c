/** A PAM module that asks while a session opens: its person answers on the page, by the real server and a real module. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { makeAccount } from '../lib/accounts.ts';
import { launchBrowser, runInTerminal, signIn } from '../lib/browser.ts';
import { withDatabase } from '../lib/database.ts';
import { findProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { checkAccessibility, collectComplaints, shoot } from '../lib/watch-page.ts';

const FAKE = resolve('build/test-c/pam_fake.so');
const ORDERS = '/run/probe/orders';
let server: Server;
let browser: Browser;

before(async () => {
  execFileSync('make', ['-s', 'fakes']);
  mkdirSync(ORDERS, { recursive: true });
  // The home session opens by itself, and asks nobody.
  const skip = 'session [success=1 default=ignore] pam_succeed_if.so quiet tty = vestibule';
  const lines = [skip, `session required ${FAKE} orders:${ORDERS}`];
  execFileSync('sed', ['-i', `$a${lines.join('\\n')}`, '/etc/pam.d/su']);
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
});

/** Signed in, as whom this module does these things. */
async function begin(name: string, ...orders: readonly string[]) {
  const account = makeAccount(name);
  writeFileSync(`${ORDERS}/${account.name}`, `${orders.join('\n')}\n`);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await signIn(page, server.url, account.name, account.password);
  return { account, context, page };
}

const start = (page: Page) => page.getByRole('button', { name: texts.home.start }).click();
const form = (page: Page) =>
  page.getByRole('region', { name: texts.session.conversation('Terminal 1') });
const openTab = async (context: BrowserContext) => {
  const tab = await context.newPage();
  await tab.goto(server.url);
  return tab;
};

async function runInShell(page: Page, command: string): Promise<string> {
  await page.getByText(texts.terminal.connected).waitFor();
  return await runInTerminal(page, command);
}

function kill(service: string): void {
  for (const { pid } of findProcesses(service)) process.kill(pid, 'SIGKILL');
}

function audited(user: string): readonly string[] {
  const query = "SELECT detail FROM audit WHERE user = ? AND event = 'session-question'";
  const rows = withDatabase((database) => database.prepare(query).all(user), { readOnly: true });
  return rows.map(({ detail }) => String(detail));
}

test('hidden and shown questions, one after the other, by the keyboard alone', async () => {
  const { account, page } = await begin('quinn', 'open=ask:2', 'open=show:blue');
  const complaints = collectComplaints(page);
  await start(page);
  await form(page).getByText('2 questions').waitFor();
  const fields = ['question 0', 'question 1'];
  for (const name of fields) {
    const field = form(page).getByLabel(name, { exact: true });
    assert.equal(await field.evaluate((input: HTMLInputElement) => input.type), 'password');
  }
  await checkAccessibility(page);
  await shoot(page, 'session-question');
  // The first field has the focus; after each there is the button that shows what is typed.
  await page.keyboard.type('answer-0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('answer-1');
  await page.keyboard.press('Enter');
  const shown = form(page).getByLabel('shown question');
  await shown.waitFor();
  assert.equal(await shown.evaluate((input: HTMLInputElement) => input.type), 'text');
  await page.keyboard.type('blue\n');
  const screen = await runInShell(page, 'id -un');
  assert.match(screen, new RegExp(`^${account.name}$`, 'm'));
  assert.deepEqual(audited(account.name), ["'question 0' answered", "'shown question:' answered"]);
  assert.deepEqual(complaints, []);
});

test('cancelled: the session fails in words, and can be started again', async () => {
  const { account, page } = await begin('quentin', 'open=ask:1');
  await start(page);
  await form(page).getByRole('button', { name: texts.signIn.cancel }).click();
  await page
    .getByText('You did not answer the question that this machine asks before it opens a session.')
    .waitFor();
  assert.deepEqual(audited(account.name), ["'question 0' not answered: cancelled"]);
  await start(page);
  await page.getByLabel('question 0', { exact: true }).fill('answer-0');
  await page.keyboard.press('Enter');
  await runInShell(page, 'true');
});

test('a wrong answer: what the module makes of it', async () => {
  const { page } = await begin('quigley', 'open=ask:1');
  await start(page);
  await form(page).getByLabel('question 0', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText(PROBLEMS['session-set-up'].text).waitFor();
});

test('loaded again in the middle, in two tabs, over a restart of the gateway: answered once', async () => {
  const { account, context, page } = await begin('quilla', 'open=ask:1', 'open=show:blue');
  await start(page);
  await form(page).getByLabel('question 0', { exact: true }).waitFor();
  kill('/dist/gateway.js');
  await page.reload();
  await form(page).getByLabel('question 0', { exact: true }).waitFor();
  const second = await openTab(context);
  await form(second).getByLabel('question 0', { exact: true }).fill('answer-0');
  await second.keyboard.press('Enter');
  // Both have the next one.
  await form(second).getByLabel('shown question').waitFor();
  await form(page).getByLabel('shown question').waitFor();
  await form(page).getByLabel('shown question').fill('blue');
  await page.keyboard.press('Enter');
  await form(second).waitFor({ state: 'detached' });
  await second.getByText(texts.session.states.running, { exact: true }).waitFor();
  assert.equal(audited(account.name).length, 2);
});

test('a broker that is killed in the middle ends the start, in words; the next one asks again', async () => {
  const { page } = await begin('quimby', 'open=ask:1');
  await start(page);
  await form(page).getByLabel('question 0', { exact: true }).waitFor();
  kill('/dist/broker.js');
  await page.getByText(PROBLEMS['session-failed'].text).waitFor();
  await form(page).waitFor({ state: 'detached' });
  await start(page);
  const field = page.getByLabel('question 0', { exact: true });
  await field.fill('answer-0');
  await page.keyboard.press('Enter');
  await runInShell(page, 'true');
});

test('what a module says while it works is shown at once', async () => {
  execFileSync('mkfifo', ['/run/probe/go-on']);
  writeFileSync('/run/probe/said', 'Your disk is being looked for.\n');
  const { page } = await begin('quincy', 'open=text:/run/probe/said', 'open=wait:/run/probe/go-on');
  await start(page);
  await form(page).getByText('Your disk is being looked for.').waitFor();
  writeFileSync('/run/probe/go-on', '');
  await runInShell(page, 'true');
});

test('nobody is there: the page was closed, and the question is cancelled', async () => {
  execFileSync('mkfifo', ['/run/probe/nobody']);
  const { account, context, page } = await begin(
    'quade',
    'open=wait:/run/probe/nobody',
    'open=ask:1',
  );
  await start(page);
  await page.getByText(texts.session.states.starting, { exact: true }).waitFor();
  await page.close();
  writeFileSync('/run/probe/nobody', '');
  // A page is taken to be there for a while after its last sign of life.
  await until(() => audited(account.name).length > 0, 'the question is cancelled', 60);
  assert.deepEqual(audited(account.name), ["'question 0' not answered: absent"]);
  const again = await openTab(context);
  await again.getByText("'su' asks for something, and nobody was there").waitFor();
});
