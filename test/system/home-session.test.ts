/** The home session: opened by whoever looks at the home page, kept while they are signed in or something of theirs runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { Account } from '../lib/accounts.ts';
import { changeDatabase } from '../lib/database.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { makeClient, makePrivateAccount, Person } from '../lib/person.ts';
import { listProcesses } from '../lib/processes.ts';
import { askBroker, Product, SERVICES, until, VESTIBULE } from '../lib/product.ts';

let product: Product;
let account: Account;
let ada: Person;

before(async () => {
  account = makePrivateAccount('home-ada');
  preparePam();
  product = await Product.install();
});
beforeEach(() => {
  preparePam();
  ada = new Person(account);
});
afterEach(async () => {
  ada.leave();
  await product.wipe();
});
after(() => product?.wipe());

async function listHomes(): Promise<readonly PamSessionView[]> {
  const { pamSessions } = await askBroker('pam-sessions', {});
  return pamSessions.filter(({ home }) => home);
}

/** Looks at the home page until its session has come to this state. */
async function homeIn(state: string) {
  for (;;) {
    const { homeSession } = await ada.client!.home();
    if (homeSession.state === state) return homeSession;
  }
}

function countLeaders(): number {
  return listProcesses().filter(({ argv }) => argv[0]?.endsWith('/vestibule-leader')).length;
}

test('it is opened by the first visit, once, and is gone after sign-out', async () => {
  await product.start();
  assert.equal(await ada.signIn(), null);
  assert.deepEqual(await listHomes(), []);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ada.client!.home()));
  assert.ok(answers.every(({ homeSession }) => ['opening', 'open'].includes(homeSession.state)));
  const { since } = await homeIn('open');
  assert.ok(since! <= Date.now());
  const homes = await listHomes();
  assert.deepEqual(
    homes.map(({ user, state, close, sessions }) => [user, state, close, sessions]),
    [[account.name, 'open', 'asked', []]],
  );
  await until(() => countLeaders() === 2, 'a leader and its watch');
  assert.deepEqual((await ada.client!.home()).sessions, []);
  await ada.signOut();
  await until(() => countLeaders() === 0, 'the home session is closed');
  assert.deepEqual(await listHomes(), []);
});

/** Each ends every sign-in of hers. */
const ENDS: Readonly<Record<string, () => Promise<void> | void>> = {
  'the sign-out everywhere': () => ada.client!.signOutEverywhere(),
  'vestibule sign-out USER': () => {
    const said = execFileSync(VESTIBULE, ['sign-out', account.name], { encoding: 'utf8' });
    assert.equal(said, `2 sign-ins of '${account.name}' ended\n`);
  },
  'the expiry of the sign-ins': () =>
    changeDatabase((database) => database.exec('UPDATE tickets SET idle_end = 1')),
};

for (const [what, end] of Object.entries(ENDS)) {
  test(`${what} closes it`, async () => {
    await product.start();
    const elsewhere = new Person(account);
    for (const person of [ada, elsewhere]) assert.equal(await person.signIn(), null);
    await homeIn('open');
    elsewhere.leave();
    await end();
    // What has expired is looked for every 10 s.
    await until(() => countLeaders() === 0, 'the home session is closed', 30);
    assert.deepEqual(await listHomes(), []);
    await assert.rejects(ada.client!.home(), { status: 401 });
  });
}

test('when it fails the page loads with the reason and PAM’s words; Retry opens it', async () => {
  writeFileSync('/tmp/home-words', 'The file server is away.\n');
  preparePam({ session: ['session required %FAKE% open=text:/tmp/home-words open=fail:14'] });
  await product.start();
  assert.equal(await ada.signIn(), null);
  const failed = await homeIn('failed');
  assert.equal(failed.problem?.code, 'session-set-up');
  assert.match(failed.problem!.reference, /^[0-9a-f]{12}$/);
  const { since } = await homeIn('failed');
  assert.equal(since, failed.since, 'looking again tries nothing');
  preparePam();
  await ada.client!.retryHomeSession();
  await homeIn('open');
});

test('a session profile that asks is told with the line that it lacks', async () => {
  preparePam();
  await product.start();
  makeProfile('test-session', ['auth required pam_unix.so', 'account required pam_permit.so']);
  assert.equal(await ada.signIn(), null);
  const { problem } = await homeIn('failed');
  assert.match(
    problem!.text,
    /'test-session' asks for a password.*'auth sufficient pam_rootok.so'/,
  );
});

test('a browser restarted with its cookie starts a session, over a restart of the server too', async () => {
  await product.start();
  assert.equal(await ada.signIn(), null);
  await homeIn('open');
  for (const services of [[], ['broker'], SERVICES] as const) {
    if (services.length > 0) await product.kill(...services);
    const restarted = makeClient();
    for (const [name, value] of ada.client!.cookies) restarted.cookies.set(name, value);
    const { session, terminal } = await restarted.startShell();
    assert.equal(await terminal.run('id -un'), `${account.name}\n`);
    await restarted.endSession(session);
    restarted.close();
  }
  assert.equal((await listHomes()).length, 1);
});
