/** From typing the address to a usable terminal in Chromium: round trips that a person waits for, and what is sent. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { openSlowRoad, type SlowRoad } from '../lib/slow-road.ts';
import { median } from '../lib/statistics.ts';

const ADDRESS = '127.0.0.5';
const ROUND_TRIP_MS = 200;

interface Visit {
  /** Milliseconds: until the sign-in can be filled in, then until the home page is there, then until the prompt. */
  readonly signIn: number;
  readonly home: number;
  readonly terminal: number;
  /** Of the same terminal, by its address, for who is signed in. */
  readonly again: number;
  /** KiB that came for the first visit. */
  readonly kib: number;
  readonly link: string;
}

export async function openPage(lab: Lab): Promise<Row[]> {
  const rounds = lab.count(5, 1);
  // One each: whose first terminal it is has only one to open.
  const people = [...lab.people(1 + 2 * rounds)];
  writeFileSync(PATHS.configuration, 'www-address=127.0.0.1\n');
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      // As one that is trusted: a certificate that is only ignored costs round trips of its own.
      `--ignore-certificate-errors-spki-list=${publicKeyHash()}`,
    ],
  });
  try {
    return await lab.serve(async () => {
      const road = await openSlowRoad(ADDRESS, [8787, 8788]);
      lab.later(() => road.close());
      await visit(browser, road, people.pop()!, 0);
      const [near, far]: [Visit[], Visit[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        near.push(await visit(browser, road, people.pop()!, 0));
        far.push(await visit(browser, road, people.pop()!, ROUND_TRIP_MS));
      }
      return rowsOf(near, far);
    });
  } finally {
    await browser.close();
    writeFileSync(PATHS.configuration, '');
  }
}

function publicKeyHash(): string {
  const { publicKey } = new X509Certificate(readFileSync(PATHS.certificate));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

function rowsOf(near: readonly Visit[], far: readonly Visit[]): Row[] {
  type Part = 'signIn' | 'home' | 'terminal' | 'again';
  const waited = (...parts: readonly Part[]): number => {
    const took = (visits: readonly Visit[]) =>
      median(visits.map((one) => parts.reduce((sum, part) => sum + one[part], 0)));
    return Math.round((took(far) - took(near)) / ROUND_TRIP_MS);
  };
  const parts = `${waited('signIn')} to the sign-in, ${waited('home')} to the home page, ${waited('terminal')} to the prompt`;
  const common = { unit: 'round trips', tls: 'ours' as const };
  return [
    makeRow({
      ...{ ...common, name: 'address typed to usable terminal, signing in on the way' },
      ours: { value: waited('signIn', 'home', 'terminal') },
      goal: { text: '≤ 6', value: 6 },
      note: `with those of TCP and TLS of three connections: ${parts}`,
    }),
    makeRow({
      ...{ ...common, name: "a terminal's address typed to usable terminal, signed in" },
      ours: { value: waited('again') },
      goal: { text: '≤ 6', value: 6 },
      note: 'assets in the cache; with those of TCP and TLS',
    }),
    makeRow({
      ...{ name: 'sent to the browser for it', unit: 'KiB', tls: 'ours' },
      ours: near.map(({ kib }) => kib),
      goal: { text: '≤ 300 KiB', value: 300 },
      note: 'bodies compressed, headers included, nothing in the cache before',
    }),
  ];
}

async function visit(
  browser: Browser,
  road: SlowRoad,
  person: Account,
  roundTripMs: number,
): Promise<Visit> {
  road.roundTripMs = roundTripMs;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    const received = await countBytes(page, context);
    const signIn = await timed(async () => {
      await page.goto(`https://${ADDRESS}:8787/`, { waitUntil: 'commit' });
      await page.getByLabel(texts.signIn.user).fill(person.name);
    });
    const home = await timed(() => enter(page, person));
    const terminal = await timed(() => openTerminal(page));
    const link = page.url();
    const kib = received() / 1024;
    const again = await timed(async () => {
      const tab = await context.newPage();
      await tab.goto(link, { waitUntil: 'commit' });
      await awaitPrompt(tab);
    });
    return { signIn, home, terminal, again, kib, link };
  } finally {
    await context.close();
  }
}

async function enter(page: Page, { password }: Account): Promise<void> {
  await page.getByLabel(texts.signIn.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: texts.signIn.submit }).click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: texts.home.title }).waitFor();
}

async function openTerminal(page: Page): Promise<void> {
  await page.getByRole('button', { name: texts.home.start }).click();
  await page.locator('a[href^="/s/"]').first().click();
  await awaitPrompt(page);
}

async function awaitPrompt(page: Page): Promise<void> {
  await page.locator('.xterm-rows').filter({ hasText: /\$/ }).waitFor();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Bytes that came for the page, headers with them. */
async function countBytes(page: Page, context: BrowserContext): Promise<() => number> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  return () => bytes;
}
