/** What a page must never do whatever it shows: break its content security policy, throw, fail axe, scroll sideways. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(
  new URL('../../node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
);

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** The complaints of this page, as they come; into a list that is there already, or a new one. */
export function collectComplaints(page: Page, complaints: string[] = []): string[] {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/**
 * Looks from now on for an element with this text, which may be there too briefly for playwright, which looks twice a
 * second. To be called before what brings it.
 */
export async function noticeElement(page: Page, selector: string, text = '') {
  const notice = await page.evaluateHandle(
    ([wanted, words]) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        const found = [...document.querySelectorAll(wanted)];
        if (found.some(({ textContent }) => textContent.includes(words))) resolve();
      };
      const all = { subtree: true, childList: true, characterData: true, attributes: true };
      new MutationObserver(look).observe(document, all);
      return { promise };
    },
    [selector, text] as const,
  );
  return { came: (): Promise<void> => notice.evaluate(({ promise }) => promise) };
}

export async function checkAccessibility(page: Page): Promise<void> {
  const { violations } = (await page.evaluate(`${axe}; axe.run()`)) as AxeResults;
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
  assert.deepEqual(found, []);
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(isWide, false, 'the page scrolls sideways');
}

/** For people to look at, where VESTIBULE_SCREENSHOTS says. */
export async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
  const directory = process.env.VESTIBULE_SCREENSHOTS;
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: `${directory}/${name}.png`, fullPage });
}
