/** From typing the address to a usable terminal in Chromium: round trips that a person waits for, and what is sent. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from '../../test/lib/accounts.ts';
import { CountedRoad } from '../lib/counted-road.ts';
import { configure, type Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';

const ADDRESS = '127.0.0.5';
/** As people have one: of an address browsers do not say what site it is. */
const NAME = 'vestibule.test';

/** Half round trips. */
interface Visit {
  /** Until the sign-in can be filled in, then until the home page is there, then until the prompt. */
  readonly signIn: number;
  readonly home: number;
  readonly terminal: number;
  /** Of the same terminal, by its address, for who is signed in and has no connection open. */
  readonly again: number;
  /** KiB that came for the first visit. */
  readonly kib: number;
}
type Part = 'signIn' | 'home' | 'terminal' | 'again';

export async function openPage(lab: Lab): Promise<Row[]> {
  const rounds = lab.count(3, 1);
  // One each: whose first terminal it is has only one to open.
  const people = [...lab.people(2 * rounds)];
  configure('www-address=127.0.0.1');
  try {
    return await lab.serve(async () => {
      const road = await CountedRoad.open(ADDRESS, [8787, 8788]);
      lab.later(() => road.close());
      const visits = async (freeSetUp: boolean): Promise<Visit[]> => {
        road.freeSetUp = freeSetUp;
        const some: Visit[] = [];
        while (some.length < rounds) some.push(await visit(road, people.pop()!));
        return some;
      };
      return rowsOf(await visits(true), await visits(false));
    });
  } finally {
    configure();
  }
}

function publicKeyHash(): string {
  const { publicKey } = new X509Certificate(readFileSync(PATHS.certificate));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** requests: visits with free set-up. */
function rowsOf(requests: readonly Visit[], all: readonly Visit[]): Row[] {
  const whole = ['signIn', 'home', 'terminal'] as const;
  const parts = (visits: readonly Visit[]): string => {
    const [signIn, home, terminal] = whole.map((part) => trips(visits, part));
    return `${signIn} to the sign-in, ${home} to the home page, ${terminal} to the prompt`;
  };
  const row = (name: string, wanted: readonly Part[], note: string): Row =>
    makeRow({
      ...{ name, unit: 'round trips', tls: 'ours', note },
      ours: { value: trips(requests, ...wanted) },
      goal: { text: '≤ 6', value: 6 },
    });
  return [
    row(
      "a terminal's address typed to usable terminal, signed in",
      ['again'],
      `requests that wait for each other; ${trips(all, 'again')} with those that set up TCP and TLS; assets in the cache, no connection open`,
    ),
    row(
      'address typed to usable terminal, signing in on the way',
      whole,
      `requests that wait for each other: ${parts(requests)}; ${trips(all, ...whole)} with those that set up TCP and TLS: ${parts(all)}; nothing in the cache`,
    ),
    makeRow({
      ...{ name: 'sent to the browser for it', unit: 'KiB', tls: 'ours' },
      ours: requests.map(({ kib }) => kib),
      goal: { text: '≤ 300 KiB', value: 300 },
      note: 'bodies compressed, headers included, nothing in the cache before',
    }),
  ];
}

/** The fewest of all visits: something that took too long can only add steps. */
function trips(visits: readonly Visit[], ...parts: readonly Part[]): number {
  const least = (part: Part): number => Math.min(...visits.map((one) => one[part]));
  return parts.reduce((sum, part) => sum + Math.ceil(least(part) / 2), 0);
}

/** A browser that has never been here. Not one without a profile: that opens no connection ahead. */
async function visit(road: CountedRoad, person: Account): Promise<Visit> {
  const profile = mkdtempSync('/tmp/profile-');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    ignoreHTTPSErrors: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      `--host-resolver-rules=MAP ${NAME} ${ADDRESS}`,
      // As one that is trusted: a certificate that is only ignored costs round trips of its own.
      `--ignore-certificate-errors-spki-list=${publicKeyHash()}`,
    ],
  });
  // A machine that does other things besides is slow, not wrong.
  context.setDefaultTimeout(120_000);
  const steps = async (work: () => Promise<void>): Promise<number> => {
    await road.untilQuiet();
    const from = road.steps;
    await work();
    return road.steps - from;
  };
  try {
    const page = await context.newPage();
    const received = await countBytes(page, context);
    const signIn = await steps(async () => {
      await page.goto(`https://${NAME}:8787/`, { waitUntil: 'commit' });
      await page.getByLabel(texts.signIn.user).fill(person.name);
    });
    const home = await steps(() => enter(page, person));
    const terminal = await steps(() => openTerminal(page));
    const link = `https://${NAME}:8787${new URL(page.url()).pathname}`;
    const kib = received() / 1024;
    const tab = await context.newPage();
    await page.close();
    road.cut();
    const again = await steps(async () => {
      await tab.goto(link, { waitUntil: 'commit' });
      await awaitPrompt(tab);
    });
    return { signIn, home, terminal, again, kib };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true });
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
