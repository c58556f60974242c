/** The whole road in a real browser: sign in, a terminal in a real PAM session, and what survives kill -9. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { ENDED_BY } from '../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import {
  launchBrowser,
  readScreen,
  runInTerminal,
  signIn,
  startTerminal,
  waitForScreen,
} from '../lib/browser.ts';
import { findProcesses, listProcesses } from '../lib/processes.ts';
import { type Server, startServer } from '../lib/server.ts';
import { noticeElement } from '../lib/watch-page.ts';

/** PAM_TTY as a module sees it, beside what tty and who say. The home session has none. */
const TTY_PROBE = '#!/bin/sh\n[ -z "$PAM_TTY" ] || echo "$PAM_TTY" >/run/probe/tty\n';

let server: Server;
let browser: Browser;
let context: BrowserContext;
let account: Account;
let home: Page;
let terminal: Page;

before(async () => {
  account = makeAccount('ada', ['crowd1', 'crowd2']);
  writeFileSync('/etc/security/limits.d/ada.conf', 'ada - nofile 4321\n');
  writeFileSync('/etc/environment', 'VESTIBULE_PROBE="from etc environment"\n');
  mkdirSync('/run/probe', { mode: 0o777 });
  writeFileSync('/run/probe/tty.sh', TTY_PROBE, { mode: 0o755 });
  execFileSync('sed', ['-i', '$asession optional pam_exec.so /run/probe/tty.sh', '/etc/pam.d/su']);
  server = await startServer('--port', '9443');
  browser = await launchBrowser();
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(20_000);
  home = await context.newPage();
});

after(async () => {
  await browser?.close();
  await server?.interrupt();
});

test('a wrong password is refused in words, the right one leads to the home page', async () => {
  await home.goto(server.url);
  await home.getByLabel(texts.signIn.user).fill(account.name);
  await home.getByLabel(texts.signIn.password, { exact: true }).fill('not the password');
  await home.getByRole('button', { name: texts.signIn.submit }).click();
  await home.getByText('The user name or password is incorrect.').waitFor();
  await signIn(home, server.url, account.name, account.password);
});

test('a terminal has uid, all groups, limits, environment and a real tty', async () => {
  terminal = await startTerminal(home);
  await terminal.locator('.xterm-helper-textarea').focus();
  const screen = await runInTerminal(
    terminal,
    'id; ulimit -n; env | grep PROBE; tty; cat /run/probe/tty',
  );
  const groups = execFileSync('id', [account.name], { encoding: 'utf8' }).trim();
  assert.ok(screen.replaceAll('\n', '').includes(groups), screen);
  assert.match(screen, /^4321$/m);
  assert.match(screen, /^VESTIBULE_PROBE=from etc environment$/m);
  const ttys = screen.match(/^\/dev\/pts\/\d+$/gm);
  assert.equal(ttys?.length, 2, screen);
  assert.equal(ttys[0], ttys[1], 'tty and PAM_TTY name the same pts');
  const who = await runInTerminal(terminal, 'who');
  assert.match(who, new RegExp(`^${account.name}\\s+${ttys[0]!.slice('/dev/'.length)}\\s`, 'm'));
});

test('no Node process of the server has uid 0', () => {
  const ours = findProcesses('/dist/gateway.js').concat(findProcesses('/dist/broker.js'));
  assert.equal(ours.length, 2);
  for (const { uid } of ours) assert.notEqual(uid, 0);
  // npm itself is what the administrator ran; nothing of ours below it may be Node as root.
  const installed = listProcesses().filter(
    ({ uid, argv }) => uid === 0 && /^\/usr\/local\/lib\/vestibule\/.*\/node$/.test(argv[0] ?? ''),
  );
  assert.deepEqual(installed, []);
});

for (const service of ['broker', 'gateway']) {
  test(`kill -9 of the ${service}: the shell lives and the page comes back by itself`, async () => {
    const mark = `alive-${service}`;
    await runInTerminal(terminal, `MARK=${mark}`);
    const [victim] = findProcesses(`/dist/${service}.js`);
    const loss = await noticeElement(terminal, '[role=status]', texts.terminal.lost);
    process.kill(victim!.pid, 'SIGKILL');
    // The bytes pass through the gateway; the broker is not in their way.
    if (service === 'gateway') {
      await loss.came();
      await terminal.getByText(texts.terminal.lost).waitFor({ state: 'hidden' });
    }
    const screen = await runInTerminal(terminal, 'echo "MARK is $MARK"');
    assert.match(screen, new RegExp(`^MARK is ${mark}$`, 'm'));
    await home.reload();
    await home.getByRole('link', { name: texts.session.newTabLabel('Terminal 1') }).waitFor();
    const again = findProcesses(`/dist/${service}.js`);
    assert.equal(again.length, 1);
    assert.notEqual(again[0]!.pid, victim!.pid);
  });
}

test('the page that was loaded again shows the scroll-back', async () => {
  await runInTerminal(terminal, 'echo first-"line"');
  await terminal.reload();
  await waitForScreen(terminal, /^first-line$/m);
  assert.equal((await readScreen(terminal)).match(/^first-line$/gm)?.length, 1);
});

test('ending the session from the home page ends its programs and its utmp row', async () => {
  await home.bringToFront();
  await home.getByRole('button', { name: texts.session.endLabel('Terminal 1') }).click();
  await home.getByRole('button', { name: texts.session.confirm }).click();
  await home.getByText(texts.session.states.ended, { exact: true }).waitFor();
  // As the list says it.
  await home.getByText(ENDED_BY.user, { exact: true }).waitFor();
  await terminal.getByText(texts.terminal.exited({ exitStatus: 0, endedBy: 'user' })).waitFor();
  assert.deepEqual(
    listProcesses().filter(({ uid }) => uid === account.uid),
    [],
  );
  assert.equal(execFileSync('who', { encoding: 'utf8' }).includes(account.name), false);
});

test('after signing out the pages ask for a sign-in again', async () => {
  await home.getByRole('button', { name: texts.home.signOut, exact: true }).click();
  await home.getByLabel(texts.signIn.user).waitFor();
  await home.reload();
  await home.getByLabel(texts.signIn.user).waitFor();
});
