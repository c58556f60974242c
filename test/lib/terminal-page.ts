/** A terminal page on a fake gateway, for tests of what the page itself does. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { FakeGateway, fakeSession } from '../fakes/fake-gateway.ts';
import type { Came, FakeTerminal } from '../fakes/fake-terminal.ts';
import { findOnScreen, launchBrowser } from './browser.ts';
import { collectComplaints } from './watch-page.ts';

export class TerminalPage {
  private browser!: Browser;
  private complaints: string[] = [];
  gateway!: FakeGateway;
  context!: BrowserContext;
  page!: Page;

  constructor(options: BrowserContextOptions = {}) {
    before(async () => {
      this.browser = await launchBrowser();
    });
    after(() => this.browser.close());
    beforeEach(() => this.open(options));
    afterEach(() => this.close());
  }

  get terminal(): FakeTerminal {
    return this.gateway.terminal;
  }

  get url(): string {
    return `${this.gateway.contentOrigin}/s/${fakeSession(1).id}/`;
  }

  /** Waits until the bar says it. */
  says(text: string, page = this.page): Promise<void> {
    return page.getByRole('status').filter({ hasText: text }).first().waitFor();
  }

  /** The next message of that kind from the page. */
  came(name: string): Promise<Came> {
    return this.terminal.came.take((message) => message.name === name);
  }

  /** What the page types until it has typed this. */
  async typed(text: string): Promise<void> {
    let all = '';
    while (all.length < text.length) all += (await this.came('input')).text;
    assert.equal(all, text);
  }

  /** With the mouse, at the beginning of a text on the screen. */
  async point(text: string, act: 'click' | 'dblclick' | 'move'): Promise<void> {
    const { x, y, height } = await findOnScreen(this.page, text);
    await this.page.mouse.move(x + 300, y + 300);
    await this.page.mouse[act](x + 4, y + height / 2);
  }

  /** Another page of the same browser. */
  async newPage(): Promise<Page> {
    const page = await this.context.newPage();
    collectComplaints(page, this.complaints);
    return page;
  }

  private async open(options: BrowserContextOptions): Promise<void> {
    this.gateway = new FakeGateway();
    await this.gateway.start();
    this.gateway.user = 'ada';
    this.complaints = [];
    this.context = await this.browser.newContext({
      viewport: { width: 1000, height: 600 },
      ...options,
    });
    this.context.setDefaultTimeout(10_000);
    this.page = await this.newPage();
    await this.page.goto(this.url);
    await this.says(texts.terminal.connected);
  }

  private async close(): Promise<void> {
    await this.context.close();
    await this.gateway.stop();
    assert.deepEqual(this.complaints, []);
  }
}

/** Whether an element has the focus. */
export function hasFocus(page: Page, selector: string): Promise<boolean> {
  return page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
}
