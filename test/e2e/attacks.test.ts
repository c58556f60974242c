/**
 * A hostile script in a page of a session's origin. Twice: under the content security policy that we send, and without
 * one, for whatever a session may once serve: then only what the home origin itself refuses counts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { FROM_START } from '../../src/protocol/gateway-session.ts';
import { writeHello } from '../../src/protocol/socket-hello.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { launchBrowser, signIn, startTerminal } from '../lib/browser.ts';
import { logged, readLog, startWith, stopAll } from '../lib/intruder.ts';
import { listProcesses } from '../lib/processes.ts';
import type { Server } from '../lib/server.ts';

const TICKET = '__Host-Http-vestibule-ticket';
const SESSION_ORIGIN = 'https://localhost:9444';
let server: Server;
let browser: Browser;
let account: Account;
/** Both signed in, both with a terminal of their own. */
let guarded: Visit;
let bare: Visit;

interface Visit {
  readonly context: BrowserContext;
  readonly home: Page;
  readonly terminal: Page;
  readonly ticket: string;
}

before(async () => {
  account = makeAccount('ada-xs');
  server = await startWith();
  browser = await launchBrowser();
  guarded = await visit(false);
  bare = await visit(true);
});

after(async () => {
  await browser?.close();
  await stopAll(server);
});

async function visit(bypassCSP: boolean): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP });
  context.setDefaultTimeout(15_000);
  const home = await context.newPage();
  await signIn(home, server.url, account.name, account.password);
  const terminal = await startTerminal(home);
  assert.equal(new URL(terminal.url()).origin, SESSION_ORIGIN);
  return { context, home, terminal, ticket: await ticketOf(context) };
}

async function ticketOf(context: BrowserContext): Promise<string> {
  const cookies = await context.cookies(server.url);
  return cookies.find(({ name }) => name === TICKET)?.value ?? 'none';
}

const both = (): (readonly [string, Visit])[] => [
  ['with our policy', guarded],
  ['without any policy', bare],
];
const sessions = (): number =>
  listProcesses().filter(({ argv }) => argv[0]?.endsWith('/vestibule-session-host')).length;

/** What the home page would do, from the other origin: what came of each. */
function callHome(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async (home) => {
    const json = { 'content-type': 'application/json' };
    const body = '{"kind":"terminal"}';
    const tries: Record<string, RequestInit & { path: string }> = {
      'read home': { path: '/api/home' },
      'read home blindly': { path: '/api/home', mode: 'no-cors' },
      'read the page': { path: '/' },
      'read the page blindly': { path: '/', mode: 'no-cors' },
      'start a session': { path: '/api/sessions', method: 'POST', headers: json, body },
      'start one as a form': { path: '/api/sessions', method: 'POST', mode: 'no-cors', body },
      'sign out as a form': { path: '/api/sign-out', method: 'POST', mode: 'no-cors', body: '{}' },
      'fetch a code': { path: `${location.pathname}`, redirect: 'manual' },
    };
    const results: Record<string, string> = {};
    for (const [name, { path, ...init }] of Object.entries(tries)) {
      results[name] = await fetch(home + path, { credentials: 'include', ...init }).then(
        async (answer) => `${answer.type} ${answer.status} ${await answer.text()}`,
        (error: Error) => error.name,
      );
    }
    results.live = await new Promise((resolve) => {
      try {
        const socket = new WebSocket(`${home.replace('https', 'wss')}/api/live`);
        socket.onopen = () => resolve('open');
        socket.onmessage = () => resolve('message');
        socket.onerror = () => resolve('refused');
      } catch {
        resolve('refused');
      }
    });
    return results;
  }, new URL(server.url).origin);
}

test('it calls the home API and reads nothing, starts nothing, ends nothing', async () => {
  const before = sessions();
  for (const [how, { terminal, context, home, ticket }] of both()) {
    const from = readLog().length;
    const results = await callHome(terminal);
    for (const [name, result] of Object.entries(results)) {
      // Opaque: the browser did send it, but shows neither status nor text.
      const allowed =
        how === 'with our policy' ? /^(TypeError|refused)$/ : /^(TypeError|refused|opaque 0 )$/;
      assert.match(result, allowed, `${name}, ${how}`);
    }
    if (how === 'without any policy') {
      await logged(/"request refused".*"wrong-origin".*"POST","path":"\/api\/sessions"/, from);
      await logged(/"request refused".*"wrong-origin".*"POST","path":"\/api\/sign-out"/, from);
      await logged(/"request refused".*"wrong-origin".*"path":"\/api\/live"/, from);
    }
    assert.equal(sessions(), before, how);
    assert.equal(await ticketOf(context), ticket);
    await home.reload();
    await home.getByRole('button', { name: texts.home.signOut, exact: true }).waitFor();
  }
});

test('it sees no cookie and overwrites none', async () => {
  for (const [how, { terminal, context, home, ticket }] of both()) {
    const path = new URL(terminal.url()).pathname;
    const pass = (await context.cookies(terminal.url())).find(({ name }) =>
      name.includes('session'),
    );
    const seen = await terminal.evaluate(
      ([name, under]) => {
        const first = document.cookie;
        const set = (text: string): void => {
          // biome-ignore lint/suspicious/noDocumentCookie: it is the attack.
          document.cookie = text;
        };
        set(`${name}=evil; Path=/; Secure`);
        set(`${name}=evil; Path=/; Secure; Domain=localhost`);
        set(`${name}=; Path=/; Secure; Max-Age=0`);
        set(`__Secure-vestibule-session=evil; Path=${under}; Secure`);
        set(`__Secure-vestibule-session=; Path=${under}; Secure; Max-Age=0`);
        return [first, document.cookie];
      },
      [TICKET, path] as const,
    );
    assert.deepEqual(seen, ['', ''], how);
    assert.equal(await ticketOf(context), ticket, how);
    const now = (await context.cookies(terminal.url())).find(({ name }) =>
      name.includes('session'),
    );
    assert.equal(now?.value, pass?.value, how);
    await home.reload();
    await home.getByRole('button', { name: texts.home.signOut, exact: true }).waitFor();
  }
});

/** Sets and deletes so many cookies that the browser throws others of this host away, secure and HttpOnly ones too. */
async function pushCookiesOut(page: Page): Promise<void> {
  await page.evaluate(() => {
    const set = (text: string): void => {
      // biome-ignore lint/suspicious/noDocumentCookie: it is the attack.
      document.cookie = text;
    };
    for (let i = 0; i < 400; i++) set(`flood${i}=x; Path=/; Secure`);
    for (let i = 0; i < 400; i++) set(`flood${i}=; Path=/; Secure; Max-Age=0`);
  });
}

test('it pushes the ticket out: the person is signed out, and gets no ticket of the attacker', async () => {
  const attacker = await visit(false);
  const victim = await visit(true);
  // A request of the home page's that is under way may keep it, or bring it back.
  for (let i = 0; i < 20 && (await ticketOf(victim.context)) !== 'none'; i++)
    await pushCookiesOut(victim.terminal);
  assert.equal(await ticketOf(victim.context), 'none');
  await victim.terminal.evaluate(
    ([name, ticket]) => {
      // biome-ignore lint/suspicious/noDocumentCookie: it is the attack.
      document.cookie = `${name}=${ticket}; Path=/; Secure`;
      // biome-ignore lint/suspicious/noDocumentCookie: what it could do without Http-.
      document.cookie = `__Host-planted=${ticket}; Path=/; Secure`;
    },
    [TICKET, attacker.ticket] as const,
  );
  assert.equal(await ticketOf(victim.context), 'none');
  assert.match(await victim.terminal.evaluate(() => document.cookie), /^__Host-planted=/);
  // The sign-in that follows is the way back: the session is still theirs.
  await signIn(victim.home, server.url, account.name, account.password);
  await victim.home.getByText('Terminal 4', { exact: true }).first().waitFor();
  assert.notEqual(await ticketOf(victim.context), attacker.ticket);
  await attacker.context.close();
  await victim.context.close();
});

/** What a frame of this page shows when it is asked to show the address. */
async function showInFrame(page: Page, address: string): Promise<string> {
  await page.evaluate(async (source) => {
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
      frame.onerror = resolve;
    });
    frame.src = source;
    document.body.append(frame);
    await loaded;
  }, address);
  const [, frame] = page.frames();
  const shown = frame?.url() ?? 'none';
  await page.evaluate(() => document.querySelector('iframe')?.remove());
  return shown;
}

test('it frames neither the home page nor another session', async () => {
  for (const [how, { terminal }] of both()) {
    for (const address of [`${server.url}/`, terminal.url()]) {
      assert.match(await showInFrame(terminal, address), /^chrome-error:/, `${address} ${how}`);
    }
  }
  // And a frame that may be shown is: the test would see it.
  assert.equal(await showInFrame(bare.terminal, 'data:text/html,shown'), 'data:text/html,shown');
  for (const { home, terminal } of [guarded, bare]) {
    assert.match(await fetchPolicy(home, '/'), /frame-ancestors 'none'/);
    assert.match(await fetchPolicy(terminal, './'), /frame-ancestors 'none'/);
  }
});

function fetchPolicy(page: Page, address: string): Promise<string> {
  return page.evaluate(
    async (path) => (await fetch(path)).headers.get('content-security-policy') ?? '',
    address,
  );
}

test('it registers no service worker', async () => {
  for (const [how, { terminal }] of both()) {
    const results = await terminal.evaluate(async () => {
      const script = [...document.scripts].find(({ src }) => src !== '')!.src;
      const outcomes: string[] = [];
      for (const [source, scope] of [
        [script, '/'],
        [script, location.pathname],
        ['data:text/javascript,1', '/'],
        [`${location.pathname}worker.js`, location.pathname],
      ] as const) {
        await navigator.serviceWorker.register(source, { scope }).then(
          () => outcomes.push('registered'),
          () => outcomes.push('refused'),
        );
      }
      const left = (await navigator.serviceWorker.getRegistrations()).length;
      return [...outcomes, `${left} left`];
    });
    assert.deepEqual(results, [...Array(4).fill('refused'), '0 left'], how);
  }
  // Under our policy not even for its own files, where no scope stands in the way.
  const own = await guarded.terminal.evaluate(async () => {
    const script = [...document.scripts].find(({ src }) => src !== '')!.src;
    const violated = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', (e) => resolve(e.effectiveDirective)),
    );
    await navigator.serviceWorker.register(script).catch(() => {});
    return await violated;
  });
  assert.equal(own, 'worker-src');
});

test('it has no opener to navigate, and a window of ours that it opens is out of its reach', async () => {
  for (const [how, { terminal, context, home }] of both()) {
    assert.equal(await terminal.evaluate(() => window.opener === null), true, how);
    const opened = context.waitForEvent('page');
    await terminal.evaluate((url) => {
      Object.assign(window, { victim: window.open(url) });
    }, server.url);
    const victim = await opened;
    await victim.getByRole('button', { name: texts.home.signOut, exact: true }).waitFor();
    const reach = await terminal.evaluate(() => {
      const { victim: other } = window as unknown as { victim: Window };
      if (other.closed) return 'cut off';
      other.location.href = 'about:blank#stolen';
      return 'reached';
    });
    assert.equal(reach, 'cut off', how);
    assert.equal(new URL(victim.url()).origin, new URL(server.url).origin);
    assert.equal(await victim.evaluate(() => window.opener === null), true);
    await victim.close();
    assert.equal(home.isClosed(), false);
  }
});

test('a session’s page cannot reach into another session of the same origin', async () => {
  const [first, second] = [guarded.terminal, bare.terminal].map(
    (page) => new URL(page.url()).pathname,
  );
  assert.notEqual(first, second);
  // Its own pass is of its own path: the other's socket gets none, and the broker no pass to look up.
  const hello = writeHello({ viewer: 0n, from: FROM_START, rows: 24, columns: 80 });
  const code = await bare.terminal.evaluate(
    (address) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`wss://${location.host}${address}`);
        socket.onclose = (event) => resolve(event.code);
      }),
    `${first}socket${hello}`,
  );
  assert.equal(code, 4401);
});
