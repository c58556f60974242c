/** Debian's Chromium, and what a person does in it. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import type { SessionView } from '../../src/protocol/page-gateway.ts';

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // As root Chromium has no sandbox; the rest keeps it from calling home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export async function signIn(
  page: Page,
  url: string,
  user: string,
  password: string,
): Promise<void> {
  await page.goto(url);
  await page.getByLabel(texts.signIn.user).fill(user);
  await page.getByLabel(texts.signIn.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: texts.signIn.submit }).click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: texts.home.title }).waitFor();
}

/** Goes to the control of this name by Tab, and presses Enter on it. */
export async function pressByKeyboard(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(
      () => document.activeElement?.ariaLabel ?? document.activeElement?.textContent,
    );
    if (label === name) return page.keyboard.press('Enter');
  }
  throw new Error(`wanted '${name}' within 40 Tabs, got none`);
}

/** Starts a terminal from a home page of its own; the one given stays where it is. */
export async function startTerminal(home: Page): Promise<Page> {
  const page = await home.context().newPage();
  await page.goto(home.url());
  await page.getByRole('button', { name: texts.home.start }).click();
  await page.getByText(texts.terminal.connected).waitFor();
  return page;
}

/** What stands on the terminal's screen. */
export async function readScreen(page: Page): Promise<string> {
  const rows = await page.locator('.xterm-rows > div').allTextContents();
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

/** A megabyte takes a browser that has to share two cores longer than playwright waits. */
const SCREEN_MS = 60_000;
/** For what is as long as the machine is slow: only the runner ends it. */
export const NO_LIMIT = 0;

/** Waits until the screen shows the pattern; the error shows the screen. */
export async function waitForScreen(
  page: Page,
  pattern: RegExp,
  timeout = SCREEN_MS,
): Promise<RegExpMatchArray> {
  const { source, flags } = pattern;
  try {
    await page.waitForFunction(
      ([text, letters]) => {
        const rows = [...document.querySelectorAll('.xterm-rows > div')];
        const screen = rows
          .map((row) => row.textContent.replaceAll('\u00a0', ' ').trimEnd())
          .join('\n');
        return new RegExp(text!, letters).test(screen);
      },
      [source, flags],
      { timeout },
    );
  } catch (error) {
    throw new Error(`wanted ${pattern} on the screen, got:\n${await readScreen(page)}`, {
      cause: error,
    });
  }
  return (await readScreen(page)).match(pattern)!;
}

/** Where a text on the screen begins, and its colour: read as it is found, for rows are drawn anew now and then. */
export async function findOnScreen(page: Page, text: string) {
  const found = await page.waitForFunction((wanted) => {
    const spans = [...document.querySelectorAll('.xterm-rows span')];
    const span = spans.find((one) => one.textContent.replaceAll('\u00a0', ' ').includes(wanted));
    if (span === undefined) return null;
    const { x, y, height } = span.getBoundingClientRect();
    return { x, y, height, color: getComputedStyle(span).color };
  }, text);
  return (await found.jsonValue())!;
}

/** Types a command line and waits for its output, which it marks so that the echo is not taken for it. */
export async function runInTerminal(page: Page, command: string): Promise<string> {
  const mark = Math.random().toString(36).slice(2, 8);
  await page.keyboard.type(`clear; ${command}; echo "end""-${mark}"\n`);
  await waitForScreen(page, new RegExp(`^end-${mark}$`, 'm'));
  return await readScreen(page);
}

/** A new terminal of who is signed in there, with a prompt. */
export async function openTerminal(context: BrowserContext, home: string): Promise<Page> {
  const { origin } = new URL(home);
  const data = { kind: 'terminal' };
  const started = await context.request.post(`${origin}/api/sessions`, {
    data,
    headers: { origin },
  });
  const { id } = (await started.json()) as SessionView;
  const page = await context.newPage();
  await page.goto(`${origin}/s/${id}/`);
  await page.getByText(texts.terminal.connected).waitFor();
  await waitForScreen(page, /[$#] *$/m);
  return page;
}
