/** The home page of the real server: ten tabs, what sessions really use, names and links that survive, real refusals. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { launchBrowser, runInTerminal, signIn, startTerminal } from '../lib/browser.ts';
import { readLog } from '../lib/intruder.ts';
import { findProcesses } from '../lib/processes.ts';
import { VESTIBULE } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { collectComplaints, noticeElement } from '../lib/watch-page.ts';

const TABS = 10;
let server: Server;
let browser: Browser;
let context: BrowserContext;
let account: Account;
let tabs: Page[];
const complaints: string[][] = [];

before(async () => {
  account = makeAccount('ada');
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
  context = await openContext();
  const first = await context.newPage();
  await signIn(first, server.url, account.name, account.password);
  tabs = [first];
  while (tabs.length < TABS) {
    const tab = await context.newPage();
    complaints.push(collectComplaints(tab));
    await tab.goto(server.url);
    tabs.push(tab);
  }
});
after(async () => {
  await browser?.close();
  await server?.interrupt();
});

async function openContext(): Promise<BrowserContext> {
  const opened = await browser.newContext({ ignoreHTTPSErrors: true });
  opened.setDefaultTimeout(30_000);
  return opened;
}
const row = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
const everywhere = (check: (tab: Page) => Promise<unknown>) => Promise.all(tabs.map(check));

function vestibule(...args: string[]): string {
  return execFileSync(VESTIBULE, args, { encoding: 'utf8' });
}
function activeSessions(...args: string[]): ActiveSession[] {
  return JSON.parse(vestibule('active-sessions', '--json', ...args)) as ActiveSession[];
}

test('ten tabs see at once what happens in one: a start, what it uses, a new name', async () => {
  const terminal = await startTerminal(tabs[0]!);
  await everywhere((tab) =>
    row(tab, 'Terminal 1').getByText(texts.session.states.running).waitFor(),
  );
  await terminal.locator('.xterm-helper-textarea').focus();
  await runInTerminal(terminal, 'sleep 1000 & sleep 1000 & true');
  await everywhere((tab) => row(tab, 'Terminal 1').getByText(texts.session.processes(3)).waitFor());
  await everywhere((tab) => row(tab, 'Terminal 1').getByText(texts.session.active).waitFor());
  const second = tabs[1]!;
  await second.getByRole('button', { name: texts.session.renameLabel('Terminal 1') }).click();
  await second.getByLabel(texts.session.newName('Terminal 1')).fill('Simulation');
  await second.keyboard.press('Enter');
  await everywhere((tab) => row(tab, 'Simulation').waitFor());
  await terminal.close();
});

test('root sees the same, and a name given by root stands in every tab', async () => {
  const [session, ...others] = activeSessions();
  assert.deepEqual([session?.name, others.length], ['Simulation', 0]);
  assert.equal(session?.usage?.processes, 3);
  assert.ok(
    session.usage.memory > 100_000 && session.usage.memory < 1e9,
    `${session.usage.memory}`,
  );
  assert.ok(Math.abs((session.activity ?? 0) - Date.now()) < 120_000, `${session.activity}`);
  const answer = vestibule('rename-session', session.id, 'Seen by root');
  assert.equal(answer, `session ${session.id} is 'Seen by root'\n`);
  await everywhere((tab) => row(tab, 'Seen by root').waitFor());
});

for (const service of ['broker', 'gateway']) {
  test(`kill -9 of the ${service}: every tab comes back, name, link and use are still right`, async () => {
    const [victim] = findProcesses(`/dist/${service}.js`);
    const losses = await Promise.all(
      tabs.map((tab) => noticeElement(tab, 'body', texts.connection.lost)),
    );
    process.kill(victim!.pid, 'SIGKILL');
    if (service === 'gateway') {
      await Promise.all(losses.map((loss) => loss.came()));
      await everywhere((tab) =>
        tab.getByText(texts.connection.lost).waitFor({ state: 'detached' }),
      );
    }
    const [{ id } = { id: '' }] = activeSessions();
    const page = await context.newPage();
    await page.goto(`${server.url}/s/${id}/`);
    await page.getByText(texts.terminal.connected).waitFor();
    await page.locator('.xterm-helper-textarea').focus();
    await runInTerminal(page, `sleep 1000 & true`);
    const count = service === 'broker' ? 4 : 5;
    await everywhere((tab) =>
      row(tab, 'Seen by root').getByText(texts.session.processes(count)).waitFor(),
    );
    await page.close();
  });
}

test('the link leads to the session after a sign-in elsewhere; of an ended one to a page that says so', async () => {
  const [session] = activeSessions();
  const link = `${server.url}/s/${session?.id}/`;
  const elsewhere = await openContext();
  const page = await elsewhere.newPage();
  await page.goto(link);
  await page.getByLabel(texts.signIn.user).fill(account.name);
  await page.getByLabel(texts.signIn.password, { exact: true }).fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByText(texts.terminal.connected).waitFor();
  const first = tabs[0]!;
  await first.getByRole('button', { name: texts.session.endLabel('Seen by root') }).click();
  await first.getByRole('button', { name: texts.session.confirm }).click();
  await everywhere((tab) =>
    row(tab, 'Seen by root').getByText(texts.session.states.ended, { exact: true }).waitFor(),
  );
  await page.goto(link);
  await page
    .getByRole('heading', { name: 'The session “Seen by root” was ended by you.' })
    .waitFor();
  await expectLogged(await page.locator('code').innerText(), /session-ended/);
  await elsewhere.close();
});

test('a refused session says why in the page and to root, under the reference of its log line', async () => {
  const grace = makeAccount('grace');
  writeFileSync('/etc/security/limits.d/grace.conf', 'grace hard maxlogins 1\n');
  const page = await (await openContext()).newPage();
  await signIn(page, server.url, grace.name, grace.password);
  await startTerminal(page);
  await page.getByRole('button', { name: texts.home.start }).click();
  const refused = row(page, 'Terminal 2');
  await refused.getByText(PROBLEMS['session-refused'].text).waitFor();
  await refused.getByText("There were too many logins for 'grace'.").waitFor();
  await refused.getByText(PROBLEMS['session-refused'].advice).waitFor();
  const reference = /Reference: ([0-9a-f]{12})/.exec(await refused.innerText())?.[1] ?? '';
  await expectLogged(reference, /session: pam_open_session: .*\(PAM 6\)/);
  const out = vestibule('active-sessions', '--ended');
  assert.match(
    out,
    new RegExp(`: This machine does not allow .*reference ${reference} in the log`),
  );
  // Its link says the same.
  const failed = activeSessions('--ended').find(({ state }) => state === 'failed');
  await page.goto(`${server.url}/s/${failed?.id}/`);
  await page.getByRole('heading', { name: PROBLEMS['session-refused'].text }).waitFor();
  assert.equal(await page.locator('code').innerText(), reference);
  await page.context().close();
});

test('a login shell that is not there is told from a machine that fails', async () => {
  const henry = makeAccount('henry');
  execFileSync('usermod', ['-s', '/opt/no-such-shell', henry.name]);
  const page = await (await openContext()).newPage();
  await signIn(page, server.url, henry.name, henry.password);
  await page.getByRole('button', { name: texts.home.start }).click();
  await page.getByText(PROBLEMS['session-program'].text).waitFor();
  const words = await row(page, 'Terminal 1').innerText();
  await expectLogged(
    /Reference: ([0-9a-f]{12})/.exec(words)?.[1] ?? '',
    /execute: cannot run '\/opt\/no-such-shell'/,
  );
  await page.context().close();
});

test('no tab had anything to complain of', () => {
  assert.deepEqual(complaints.flat(), []);
});

/** The line with the reference says it too. */
async function expectLogged(reference: string, words: RegExp): Promise<void> {
  assert.match(reference, /^[0-9a-f]{12}$/);
  const lines = readLog()
    .split('\n')
    .filter((line) => line.includes(reference));
  assert.ok(
    lines.some((line) => words.test(line)),
    `wanted ${words} in the lines with ${reference}, got ${lines.join('\n') || 'none'}`,
  );
}
