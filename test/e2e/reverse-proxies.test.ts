/** docs/admin/reverse-proxies.md with the real nginx and the real Apache: a person, and a program, behind each. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import type { SignIns } from '../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { launchBrowser, signIn, startTerminal } from '../lib/browser.ts';
import { WebClient } from '../lib/client.ts';
import { stopAll } from '../lib/intruder.ts';
import { unpackPackages } from '../lib/packages.ts';
import { configureProxy, prepareNames, startApache, startNginx } from '../lib/reverse-proxy.ts';
import { startServer } from '../lib/server.ts';

let ada: Account;
before(() => {
  unpackPackages();
  prepareNames();
  ada = makeAccount('ada-rp');
});

for (const { proxy, start, url, sessions } of [
  {
    proxy: 'nginx',
    start: startNginx,
    url: 'https://lab.example.org/term/',
    sessions: 'https://sessions.lab.example.org/term/s/',
  },
  {
    proxy: 'Apache',
    start: startApache,
    url: 'https://lab.example.org/',
    sessions: 'https://lab.example.org:8443/s/',
  },
] as const) {
  test(`behind ${proxy}`, async (t) => {
    configureProxy(proxy);
    const server = await startServer();
    t.after(() => stopAll(server));
    t.after(start());

    const client = new WebClient(url, '127.0.0.77');
    t.after(() => client.close());
    await client.signIn(ada.name, Buffer.from(ada.password));
    const { signIns } = await client.askJson<SignIns>('GET', '/api/sign-ins');
    assert.deepEqual(
      signIns.map(({ address }) => address),
      ['127.0.0.77'],
      'the client’s address, not the proxy’s',
    );
    const { terminal } = await client.startShell();
    assert.equal(await terminal.run('whoami'), `${ada.name}\n`);
    terminal.ws.terminate();

    const browser = await launchBrowser();
    t.after(() => browser.close());
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const failed: string[] = [];
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      if (why !== 'net::ERR_ABORTED') failed.push(`${request.url()}: ${why}`); // by the next page
    });
    await signIn(page, url, ada.name, ada.password);
    const tab = await startTerminal(page);
    assert.ok(tab.url().startsWith(sessions), tab.url());
    await tab.reload();
    await tab.getByText(texts.terminal.connected).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: texts.home.title }).waitFor();
    const signedOut = page.getByLabel(texts.signIn.user);
    await client.signOutEverywhere();
    await signedOut.waitFor();
    assert.ok(page.url().startsWith(url), page.url());
    assert.deepEqual(failed, []);
  });
}
