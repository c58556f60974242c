/**
 * Sign-ins in a real browser, each by a login profile of its own and from an address of its own, so that many go on at
 * once and each finds its row in the audit.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Browser, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import type { ProblemCode } from '../../src/protocol/problems.ts';
import type { Account } from './accounts.ts';
import { launchBrowser, waitForScreen } from './browser.ts';
import { withDatabase } from './database.ts';
import { type Server, startServer } from './server.ts';

const PROBES = '/run/probe';
const PORT = 9443;

/** What Debian's own services have: local accounts by common-*. */
export const DEBIAN = [
  '@include common-auth',
  'account required pam_nologin.so file=/run/probe/no-such-file',
  '@include common-account',
  '@include common-password',
];
/** pam_unix alone, behind what stands in `before`. */
export const unix = (...before: readonly string[]): readonly string[] => [
  ...before,
  'auth required pam_unix.so',
  'account required pam_unix.so',
];

export interface AuditRow {
  readonly event: string;
  readonly user: string;
  readonly uid: number | null;
  readonly problem: string | null;
  readonly reference: string | null;
  readonly detail: string;
}
export interface Seen {
  /** What the page says about the end: of a problem its sentence, otherwise null. */
  readonly problem: string | null;
  /** PAM's texts that the page shows. */
  readonly messages: readonly string[];
  /** Whom the home page names. */
  readonly user: string | null;
  readonly row: AuditRow;
}
export interface Wish {
  readonly profile: readonly string[];
  readonly user: string;
  readonly password: string;
  /** Lines of vestibule.conf that only this leader reads. */
  readonly configuration?: readonly string[];
}

/** Of tests that sign in in a browser: with more, two slow cores load a page for longer than a test waits for it. */
export const SIDE_BY_SIDE = 3;

const MOST_ADDRESSES = 60;

export class Outcomes {
  readonly server: Server;
  private readonly browser: Browser;
  private addresses = 0;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(server: Server, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async start(): Promise<Outcomes> {
    mkdirSync(PROBES, { mode: 0o755, recursive: true });
    mkdirSync('/etc/vestibule', { recursive: true });
    writeProfile(DEBIAN);
    configure([]);
    const server = await startServer('--port', String(PORT));
    // Before the browser starts: a network that changes breaks off what it loads.
    for (let i = 1; i <= MOST_ADDRESSES; i++)
      execFileSync('ip', ['address', 'add', `10.9.0.${i}/32`, 'dev', 'lo']);
    const browser = await launchBrowser();
    return new Outcomes(server, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.interrupt();
  }

  /** Types name and password; resolves when the leader has read profile and configuration, which others then replace. */
  async begin(wish: Wish): Promise<Attempt> {
    const address = `10.9.0.${++this.addresses}`;
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.goto(`https://${address}:${PORT}/`);
    await page.getByLabel(texts.signIn.user).fill(wish.user);
    await page.getByLabel(texts.signIn.password, { exact: true }).fill(wish.password);
    await this.alone(async () => {
      writeProfile(wish.profile);
      configure(wish.configuration ?? []);
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/sign-in'));
      await page.getByRole('button', { name: texts.signIn.submit }).click();
      await answered;
    });
    return new Attempt(page, address);
  }

  /** A sign-in that nothing more is asked in. */
  async see(wish: Wish): Promise<Seen> {
    return await (await this.begin(wish)).end();
  }

  private alone(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }
}

export class Attempt {
  readonly page: Page;
  readonly address: string;

  constructor(page: Page, address: string) {
    this.page = page;
    this.address = address;
  }

  /** Waits for the prompts of these texts and answers them together; resolves when they are gone. */
  async answer(answers: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, text] of Object.entries(answers)) {
      const field = this.page.getByLabel(label, { exact: true });
      await this.orPage(field.fill(text), `a prompt '${label}'`);
    }
    const form = (await this.page.$('form'))!;
    await this.page.getByRole('button', { name: texts.signIn.continue }).click();
    // The next prompts may have the same text; they stand in another form.
    await form.waitForElementState('hidden');
  }

  async messages(): Promise<readonly string[]> {
    return await this.page.locator('.pam-messages [role=note]').allInnerTexts();
  }

  /** Waits until the page shows this text of PAM's. */
  async expectMessage(text: string): Promise<void> {
    const note = this.page.locator('.pam-messages [role=note]', { hasText: text });
    await this.orPage(note.last().waitFor(), `the text '${text}'`);
  }

  private async orPage(work: Promise<void>, wanted: string): Promise<void> {
    try {
      await work;
    } catch (cause) {
      const came = await this.page.locator('body').innerText();
      throw new Error(`wanted ${wanted}, got:\n${came}`, { cause });
    }
  }

  /** Waits for the home page, or for a problem. */
  async end(): Promise<Seen> {
    const alert = this.page.locator('[role=alert]', { hasText: 'Reference:' });
    const user = this.page.locator('header strong');
    await alert.or(user).first().waitFor();
    const signedIn = await user.isVisible();
    const words = signedIn ? null : await alert.innerText();
    const row = this.row();
    if (words !== null && !words.includes(row.reference ?? '?')) {
      throw new Error(`wanted the audit row of '${words}', got ${JSON.stringify(row)}`);
    }
    return {
      problem: words?.replace(/\s*Reference: .*/s, '') ?? null,
      messages: await this.messages(),
      user: signedIn ? await user.innerText() : null,
      row,
    };
  }

  /** From the home page. */
  async startTerminal(): Promise<void> {
    await this.page.getByRole('button', { name: texts.home.start }).click();
  }

  /** Of the terminal that was started. */
  async expectOnScreen(pattern: RegExp): Promise<RegExpMatchArray> {
    return await waitForScreen(this.page, pattern);
  }

  /** The last one of this address. */
  row(): AuditRow {
    const query =
      "SELECT * FROM audit WHERE address = ? AND event LIKE 'sign-in%' ORDER BY rowid DESC LIMIT 1";
    const find = (database: DatabaseSync) => database.prepare(query).get(this.address);
    const row = withDatabase(find, { readOnly: true });
    if (row === undefined) throw new Error(`wanted an audit row of ${this.address}, got none`);
    return row as unknown as AuditRow;
  }
}

/** text: what the page says. */
export function assertRefused(
  { problem, row }: Seen,
  code: ProblemCode,
  typed: string,
  text?: string,
): void {
  assert.equal(row.event, 'sign-in-refused');
  assert.equal(row.problem, code);
  assert.equal(row.user, typed);
  if (text !== undefined) assert.equal(problem, text);
}

export function assertSignedIn(seen: Seen, { name, uid }: Pick<Account, 'name' | 'uid'>): void {
  assert.equal(seen.problem, null);
  assert.equal(seen.user, name);
  const { event, user, uid: audited } = seen.row;
  assert.deepEqual([event, user, audited], ['sign-in', name, uid]);
}

/** One line of test/acceptance/sign-in-states.md. */
export function describeSeen({ problem, messages, user, row }: Seen): string {
  const said = [...messages.map((text) => `“${text}”`), problem ?? `home page of ${user}`];
  const audit = [row.event, row.user, row.uid, row.problem, row.detail.replace(/^ticket.*/, '')];
  return `${said.join('; ')} | ${audit.filter((part) => part !== null && part !== '').join(', ')}`;
}

/** A file that a module is given; its path. */
export function writeProbe(name: string, text: string, mode = 0o644): string {
  writeFileSync(`${PROBES}/${name}`, text, { mode });
  return `${PROBES}/${name}`;
}

function writeProfile(lines: readonly string[]): void {
  writeFileSync('/etc/pam.d/vestibule', `${lines.join('\n')}\n`, { mode: 0o644 });
}

function configure(lines: readonly string[]): void {
  writeFileSync('/etc/vestibule/vestibule.conf', `${lines.join('\n')}\n`, { mode: 0o644 });
}
