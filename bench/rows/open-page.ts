/** From typing the address to a usable terminal in Chromium: round trips that a person waits for, and what is sent. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { openSlowRoad } from '../lib/slow-road.ts';
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
}

export async function openPage(lab: Lab): Promise<Row[]> {
  const rounds = lab.count(5, 1);
  // One each: whose first terminal it is has only one to open.
  const people = [...lab.people(1 + 3 * rounds)];
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
      await visit(browser, people.pop()!);
      const [near, far, requests]: [Visit[], Visit[], Visit[]] = [[], [], []];
      for (let round = 0; round < rounds; round++) {
        for (const [visits, roundTripMs, freeSetUp] of [
          [near, 0, false],
          [far, ROUND_TRIP_MS, false],
          [requests, ROUND_TRIP_MS, true],
        ] as const) {
          Object.assign(road, { roundTripMs, freeSetUp });
          visits.push(await visit(browser, people.pop()!));
        }
        road.roundTripMs = 0;
      }
      return rowsOf(near, far, requests);
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

type Part = 'signIn' | 'home' | 'terminal' | 'again';

function rowsOf(near: readonly Visit[], far: readonly Visit[], requests: readonly Visit[]): Row[] {
  const took = (visits: readonly Visit[], parts: readonly Part[]): number =>
    median(visits.map((one) => parts.reduce((sum, part) => sum + one[part], 0)));
  const waits = (visits: readonly Visit[], ...parts: readonly Part[]): number =>
    Math.round((took(visits, parts) - took(near, parts)) / ROUND_TRIP_MS);
  const whole = ['signIn', 'home', 'terminal'] as const;
  const [signIn, home, terminal] = whole.map((part) => waits(requests, part));
  const parts = `${signIn} to the sign-in, ${home} to the home page, ${terminal} to the prompt`;
  const row = (name: string, wanted: readonly Part[], note: string): Row =>
    makeRow({
      ...{ name, unit: 'round trips', tls: 'ours', note },
      ours: { value: waits(requests, ...wanted) },
      goal: { text: '≤ 6', value: 6 },
    });
  const withSetUp = (...wanted: readonly Part[]): string =>
    `${waits(far, ...wanted)} with those that set up TCP and TLS`;
  return [
    row(
      "a terminal's address typed to usable terminal, signed in",
      ['again'],
      `requests that wait for each other; ${withSetUp('again')}; assets in the cache`,
    ),
    row(
      'address typed to usable terminal, signing in on the way',
      whole,
      `requests that wait for each other: ${parts}; ${withSetUp(...whole)}; nothing in the cache`,
    ),
    makeRow({
      ...{ name: 'sent to the browser for it', unit: 'KiB', tls: 'ours' },
      ours: near.map(({ kib }) => kib),
      goal: { text: '≤ 300 KiB', value: 300 },
      note: 'bodies compressed, headers included, nothing in the cache before',
    }),
  ];
}

async function visit(browser: Browser, person: Account): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  // A machine that does other things besides is slow, not wrong.
  context.setDefaultTimeout(120_000);
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
    return { signIn, home, terminal, again, kib };
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
  // The home page leads there by itself.
  await page.getByRole('button', { name: texts.home.start }).click();
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
