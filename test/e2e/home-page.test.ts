/** The home page by itself: what it shows of sessions in each of their states, and what can be done with them. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { texts } from '../../src/page/texts.ts';
import { ENDED_BY, type SessionView } from '../../src/protocol/page-gateway.ts';
import { PROBLEMS, type ProblemCode } from '../../src/protocol/problems.ts';
import { FAKE_REFERENCE, type FakeGateway, fakeSession } from '../fakes/fake-gateway.ts';
import { signIn } from '../lib/browser.ts';
import { setStage } from '../lib/page-stage.ts';
import { checkAccessibility } from '../lib/watch-page.ts';

const stage = setStage();
let gateway: FakeGateway;
let page: Page;

beforeEach(() => {
  ({ gateway, page } = stage);
});

const enter = () => signIn(page, gateway.homeOrigin, 'ada', 'secret');
const button = (name: string) => page.getByRole('button', { name, exact: true });
const row = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
const field = (name: string) => page.getByLabel(texts.session.newName(name));

function failed(number: number, code: ProblemCode, words = ''): SessionView {
  const problem = { code, text: PROBLEMS[code].text + words, reference: FAKE_REFERENCE };
  return fakeSession(number, { state: 'failed', ended: Date.now(), problem });
}
function withUsage(
  number: number,
  cpu: number,
  cpuShare: number | null,
  fields: Partial<SessionView> = {},
): SessionView {
  const usage = { memory: 142_300_000, processes: 3, cpu, cpuShare };
  const activity = Date.now() - 130_000;
  return fakeSession(number, { usage, activity, started: Date.now() - 5_400_000, ...fields });
}

test('a running session says since when, when it was last active, and what it uses', async () => {
  gateway.sessions = [withUsage(1, 250.4, 0)];
  await enter();
  const facts = (kind: string) => row('Terminal 1').locator(`.${kind} > span`).allTextContents();
  assert.match(
    (await facts('facts')).join(', '),
    /^Terminal, started .+, last active 2 minutes ago, pts\/1$/,
  );
  assert.deepEqual(await facts('usage'), [
    ...['142 MB memory', '3 processes', '0 % CPU', '4 min 10 sec CPU time'],
  ]);
});

test("the share of the processor is the broker's, and no number before there are two looks", async () => {
  const share = (text: string) => row('Terminal 1').getByText(text, { exact: true });
  gateway.sessions = [withUsage(1, 10, null)];
  await enter();
  await share('– % CPU').waitFor();
  gateway.setSessions([withUsage(1, 13, 0.996)]);
  await share('100 % CPU').waitFor();
  // A reload shows what was known, whenever it comes.
  await page.reload();
  await share('100 % CPU').waitFor();
  gateway.setSessions([withUsage(1, 13, 0)]);
  await share('0 % CPU').waitFor();
});

test('who had a session ended is said, not the signal that did it', async () => {
  const ended = { state: 'ended', ended: Date.now(), exitStatus: 129 } as const;
  gateway.sessions = [
    fakeSession(1, { ...ended, endedBy: 'administrator' }),
    fakeSession(2, { ...ended, endedBy: 'user' }),
    fakeSession(3, ended),
  ];
  await enter();
  const words = async (number: number) =>
    (await row(`Terminal ${number}`).locator('.facts > span').allTextContents()).slice(3);
  await row('Terminal 3').waitFor();
  assert.deepEqual(await words(1), [ENDED_BY.administrator]);
  assert.deepEqual(await words(2), [ENDED_BY.user]);
  assert.deepEqual(await words(3), [texts.session.howEnded({ endedBy: null, exitStatus: 129 })!]);
});

test('what cannot be told is said, but not before it could have been', async () => {
  await page.clock.install();
  gateway.sessions = [fakeSession(1)];
  await enter();
  const unknown = row('Terminal 1').getByText(texts.session.usageUnknown);
  assert.equal(await unknown.count(), 0);
  await page.clock.runFor(9000);
  await unknown.waitFor();
  gateway.setSessions([withUsage(1, 1, null)]);
  await unknown.waitFor({ state: 'detached' });
});

test('a name is changed in place with the keyboard, and stands there before the server has said so', async () => {
  gateway.sessions = [fakeSession(1)];
  await enter();
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  await page.route('**/api/sessions/*', async (route) => {
    asked.resolve();
    await released.promise;
    await route.continue();
  });
  await button(texts.session.renameLabel('Terminal 1')).focus();
  await page.keyboard.press('Enter');
  await field('Terminal 1').waitFor();
  await page.keyboard.type('Größe des Datenbestands');
  await page.keyboard.press('Enter');
  await row('Größe des Datenbestands').waitFor();
  await asked.promise;
  released.resolve();
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(focused, texts.session.renameLabel('Größe des Datenbestands'));
  await page.reload();
  await row('Größe des Datenbestands').waitFor();
});

test('Escape leaves the name as it was, and asks the server nothing', async () => {
  gateway.sessions = [fakeSession(1)];
  await enter();
  await page.route('**/api/sessions/*', () => assert.fail('a request'));
  await button(texts.session.renameLabel('Terminal 1')).click();
  await field('Terminal 1').fill('other');
  await page.keyboard.press('Escape');
  await row('Terminal 1').waitFor();
});

test('a name that is refused stays in the field, with the reason', async () => {
  gateway.sessions = [fakeSession(1), fakeSession(2)];
  await enter();
  await button(texts.session.renameLabel('Terminal 1')).click();
  await field('Terminal 1').fill('Terminal 2');
  await page.keyboard.press('Enter');
  await page.getByText(PROBLEMS['name-refused'].text).waitFor();
  assert.equal(await field('Terminal 1').inputValue(), 'Terminal 2');
  await checkAccessibility(page);
  await page.keyboard.press('Escape');
  await row('Terminal 1').waitFor();
});

test('a new terminal shows each step of its start, then opens by itself', async () => {
  gateway.startsSlowly = true;
  await enter();
  await button(texts.home.start).dblclick();
  const now = page.getByRole('list', { name: texts.session.steps }).locator('[aria-current=step]');
  const { id } = await started();
  assert.equal(gateway.sessions.length, 1, 'a double click starts one');
  const { step } = texts.session;
  await now.filter({ hasText: step.pending }).waitFor();
  gateway.setState(id, { step: 'pam' });
  await now.filter({ hasText: step.pam }).waitFor();
  await stage.shoot('home-starting');
  // Loaded again in the middle of it, the page still waits.
  await page.reload();
  gateway.setState(id, { step: 'program' });
  await now.filter({ hasText: step.program }).waitFor();
  gateway.setState(id, { state: 'running', step: null });
  await page.waitForURL(`${gateway.contentOrigin}/s/${id}/`);
  await page.goBack();
  await row('Terminal 1').waitFor();
  assert.equal(page.url(), `${gateway.homeOrigin}/`);
});

test('a session that failed has another one started in its place, where the reason stands', async () => {
  gateway.sessions = [failed(1, 'session-set-up', '\nmount: no such server')];
  gateway.startsSlowly = true;
  await enter();
  await row('Terminal 1').getByRole('button', { name: texts.tryAgain }).press('Enter');
  const { id } = await started();
  assert.notEqual(id, gateway.sessions[0]!.id);
});

test('a home page that cannot be shown is asked for again by its button', async () => {
  await enter();
  const problem = { code: 'internal', text: PROBLEMS.internal.text, reference: FAKE_REFERENCE };
  await page.route(`${gateway.homeOrigin}/`, async (route) => {
    const html = await (await route.fetch()).text();
    const body = html.replace(
      /(<meta name="vestibule-home" content=')[^']*/,
      `$1${JSON.stringify({ problem })}`,
    );
    await route.fulfill({ body, contentType: 'text/html' });
  });
  await page.reload();
  await page.getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  await checkAccessibility(page);
  await button(texts.tryAgain).press('Enter');
  await page.getByText(texts.home.emptyTitle).waitFor();
});

test('who comes for a new terminal has the button in hand, and no link starts one', async () => {
  await enter();
  await page.goto(`${gateway.homeOrigin}/#new`);
  await page.reload();
  await page.waitForFunction(
    (label) => document.activeElement?.textContent === label,
    texts.home.start,
  );
  assert.deepEqual(gateway.sessions, []);
  assert.equal(page.url(), `${gateway.homeOrigin}/`);
});

test('who has gone on to something else meanwhile is not taken away from it', async () => {
  gateway.startsSlowly = true;
  gateway.sessions = [fakeSession(9)];
  await enter();
  await button(texts.home.start).click();
  const { id } = await started();
  await button(texts.session.renameLabel('Terminal 9')).click();
  await field('Terminal 9').fill('half a na');
  gateway.setState(id, { state: 'running' });
  await page
    .getByRole('link', { name: texts.session.openLabel('Terminal 2'), exact: true })
    .waitFor();
  assert.equal(await field('Terminal 9').inputValue(), 'half a na');
  assert.equal(page.url(), `${gateway.homeOrigin}/`);
});

test('a link to a session that is being started waits for it; one to none goes to its own page', async () => {
  gateway.startsSlowly = true;
  await enter();
  await button(texts.home.start).click();
  const { id } = await started();
  const other = await page.context().newPage();
  await other.goto(`${gateway.homeOrigin}/s/${id}/`);
  await other.getByText(texts.session.states.starting, { exact: true }).waitFor();
  gateway.setState(id, { state: 'running' });
  await other.waitForURL(`${gateway.contentOrigin}/s/${id}/`);
  const none = 'f'.repeat(32);
  await other.goto(`${gateway.homeOrigin}/?session=${none}`);
  await other.waitForURL(`${gateway.contentOrigin}/s/${none}/`);
});

test('the link is copied; a browser that does not let it shows it', async () => {
  page = await stage.open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const session = fakeSession(1);
  gateway.sessions = [session];
  await enter();
  const copy = button(texts.session.copyLabel('Terminal 1'));
  await copy.click();
  await page.getByText(texts.session.copied).waitFor({ state: 'attached' });
  const link = `${gateway.homeOrigin}/s/${session.id}/`;
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
  });
  await copy.click();
  await page.getByRole('alert').filter({ hasText: link }).waitFor();
});

test('ending shows at once', async () => {
  gateway.sessions = [fakeSession(1)];
  await enter();
  const held = page.waitForRequest('**/api/sessions/*');
  await page.route('**/api/sessions/*', () => {});
  await button(texts.session.endLabel('Terminal 1')).click();
  await button(texts.session.confirm).click();
  await held;
  await row('Terminal 1').getByText(texts.session.states.ending).waitFor();
});

test('signing out says which sessions go on, and can be thought better of', async () => {
  gateway.sessions = [fakeSession(1, { name: 'Simulation' }), fakeSession(2, { state: 'ended' })];
  await enter();
  await button(texts.home.signOut).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(texts.signOut.running(1)).waitFor();
  assert.deepEqual(await dialog.getByRole('listitem').allTextContents(), ['Simulation']);
  await checkAccessibility(page);
  await stage.shoot('home-sign-out');
  await page.keyboard.press('Escape');
  assert.equal(gateway.user, 'ada');
  await button(texts.home.signOut).click();
  await page.keyboard.press('Enter');
  await page.getByLabel(texts.signIn.user).waitFor();
});

test('with nothing running signing out asks nothing', async () => {
  gateway.sessions = [fakeSession(2, { state: 'ended' })];
  await enter();
  await button(texts.home.signOut).click();
  await page.getByLabel(texts.signIn.user).waitFor();
});

test('who is signed out elsewhere is told that sessions go on', async () => {
  gateway.sessions = [fakeSession(1), fakeSession(2)];
  await enter();
  gateway.signOut();
  await page.getByText(texts.signIn.keepRunning(2)).waitFor();
});

test('the home session: its opening, its failure with reason, reference and another try, its texts', async () => {
  gateway.homeSession = { state: 'opening', since: Date.now(), problem: null, texts: [] };
  await enter();
  const section = page.getByRole('region', { name: texts.homeSession.label });
  await section.getByText(texts.homeSession.opening).waitFor();
  const problem = failed(1, 'session-set-up', '\nmount: no such server').problem!;
  gateway.setHomeSession({ state: 'failed', since: null, problem, texts: [] });
  await section.getByText(texts.homeSession.failed).waitFor();
  await section.getByText('mount: no such server').waitFor();
  await section.getByText(texts.reference(FAKE_REFERENCE)).waitFor();
  await checkAccessibility(page);
  await section.getByRole('button', { name: texts.tryAgain }).click();
  await section.getByText(texts.homeSession.opening).waitFor();
  const said = ['Creating directory /home/ada.', 'Quota: 12 of 20 GB'];
  gateway.setHomeSession({ state: 'open', since: Date.now(), problem: null, texts: said });
  await section.getByText('Quota: 12 of 20 GB').waitFor();
  await checkAccessibility(page);
  gateway.setHomeSession({ state: 'closed', since: Date.now(), problem: null, texts: [] });
  await section.getByText(texts.homeSession.closed).waitFor();
  await checkAccessibility(page);
  await stage.shoot('home-session-closed');
  await section.getByRole('button', { name: texts.homeSession.openAgain }).press('Enter');
  await section.getByText(texts.homeSession.opening).waitFor();
  gateway.setHomeSession({ state: 'off', since: null, problem: null, texts: [] });
  await section.waitFor({ state: 'detached' });
});

const TROUBLES = ['/var/lib/vestibule/broker/vestibule.db', '/run/vestibule'].map((path) => ({
  ...{ kind: 'full', path, text: `the disk of '${path}' is full: make room` },
}));

test("an administrator's page says what the server cannot do, and when it can again", async () => {
  gateway.troubles = TROUBLES.slice(0, 1);
  await enter();
  const told = page.getByRole('note').filter({ hasText: texts.troubles.title });
  await told.getByText(TROUBLES[0]!.text).waitFor();
  assert.equal(await told.getByRole('listitem').count(), 1);
  gateway.setTroubles(TROUBLES);
  await told.getByText(TROUBLES[1]!.text).waitFor();
  gateway.setTroubles([]);
  await told.waitFor({ state: 'detached' });
});

test('nobody else sees anything of it', async () => {
  await enter();
  await page.getByText(texts.home.emptyTitle).waitFor();
  assert.equal(await page.getByText(texts.troubles.title).count(), 0);
});

test('a round trip of 100 ms: the button says at once that it works, and one press is one terminal', async () => {
  await enter();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 100, downloadThroughput: -1, uploadThroughput: -1 },
  });
  const busy = page.evaluate((label) => {
    const found = [...document.querySelectorAll('button')].find((one) => one.innerText === label);
    found?.click();
    found?.click();
    return new Promise((resolve) =>
      requestAnimationFrame(() =>
        requestAnimationFrame(() => resolve(found?.getAttribute('aria-busy'))),
      ),
    );
  }, texts.home.start);
  assert.equal(await busy, 'true');
  await page.waitForURL(new RegExp(`^${gateway.contentOrigin}/s/`));
  assert.equal(gateway.sessions.length, 1);
});

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenstudie'.slice(0, 64);
for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1000, 360]) {
    const view = `${colorScheme}-${width}`;
    test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async () => {
      page = await stage.open({ colorScheme, viewport: { width, height: 1000 } });
      gateway.host = 'very-long-host-name-of-the-computing-centre.department.university.example';
      await enter();
      await page.getByText(texts.home.emptyTitle).waitFor();
      await checkAccessibility(page);
      await stage.shoot(`home-empty-${view}`);
      gateway.setSessions([
        withUsage(1, 250.4, 0.5, { name: LONG }),
        withUsage(2, 3, 0, { name: 'Training run' }),
        fakeSession(3, { state: 'starting', step: 'pam', started: Date.now() - 12_000 }),
        failed(4, 'session-refused', "\nThere were too many logins for 'ada'."),
        fakeSession(5, { kind: 'run', name: 'make -j8 all', tty: null }),
        fakeSession(6, { state: 'stuck' }),
        fakeSession(7, { state: 'ended', ended: Date.now() - 600_000, exitStatus: 0 }),
      ]);
      await row(LONG).waitFor();
      await checkAccessibility(page);
      await stage.shoot(`home-full-${view}`, true);
      gateway.setTroubles([...TROUBLES, { kind: 'x', path: '/p', text: `'/${'p'.repeat(200)}'` }]);
      await page.getByText(texts.troubles.title).waitFor();
      await checkAccessibility(page);
      await stage.shoot(`home-troubles-${view}`);
      gateway.setTroubles([]);
      await row('Training run').locator('time').first().focus();
      await checkAccessibility(page);
      await button(texts.session.renameLabel(LONG)).click();
      await checkAccessibility(page);
      await stage.shoot(`home-rename-${view}`);
    });
  }
}

/** The session that the page has asked for. */
async function started(): Promise<SessionView> {
  await page.getByText(texts.session.states.starting, { exact: true }).waitFor();
  return gateway.sessions.find(({ state }) => state === 'starting')!;
}
