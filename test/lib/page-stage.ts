/** For each test of a file: a fake gateway, and a page in front of it that may complain of nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { FakeGateway } from '../fakes/fake-gateway.ts';
import { launchBrowser } from './browser.ts';
import { collectComplaints, shoot } from './watch-page.ts';

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

class PageStage {
  browser!: Browser;
  gateway!: FakeGateway;
  page!: Page;
  private complaints: readonly string[] = [];

  /** A new page in a browser context of its own, instead of the one before. */
  async open(options: ContextOptions = {}): Promise<Page> {
    await this.close();
    this.page = await (await this.browser.newContext(options)).newPage();
    this.page.setDefaultTimeout(10_000);
    this.complaints = collectComplaints(this.page);
    return this.page;
  }

  async close(): Promise<void> {
    await this.page?.context().close();
    const { complaints } = this;
    this.complaints = [];
    assert.deepEqual(complaints, []);
  }

  shoot(name: string, fullPage = false): Promise<void> {
    return shoot(this.page, name, fullPage);
  }
}

/** Registers the file's hooks: its own beforeEach comes after ours and finds page and gateway. */
export function setStage(options: ContextOptions = {}): PageStage {
  const stage = new PageStage();
  before(async () => {
    stage.browser = await launchBrowser();
  });
  after(() => stage.browser?.close());
  beforeEach(async () => {
    stage.gateway = new FakeGateway();
    await stage.gateway.start();
    await stage.open(options);
  });
  afterEach(async () => {
    try {
      await stage.close();
    } finally {
      await stage.gateway.stop();
    }
  });
  return stage;
}
