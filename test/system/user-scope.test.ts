/** auth-pam-sessions-scope=user: the sessions of a user are programs of one leader, and each of them ends alone. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { ActiveSession, PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { Account } from '../lib/accounts.ts';
import { agree, type Checked, readBaseline } from '../lib/check-machine.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { PRINT_KEYRING } from '../lib/keyring.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { cgroupOf, listProcesses } from '../lib/processes.ts';
import { askBroker, kill, Product, SERVICES, until, VESTIBULE } from '../lib/product.ts';
import { type Machine, ownCgroup } from '../lib/read-machine.ts';

let product: Product;
let account: Account;
let ada: Person;
let machine: Machine;
const running = new Set<string>();
const SCOPE = { options: ['auth-pam-sessions-scope=user'] };

before(async () => {
  account = makePrivateAccount('scope-ada');
  preparePam(SCOPE);
  product = await Product.install();
  await product.start();
  machine = await readBaseline([account]);
  await product.stop();
});
beforeEach(async () => {
  preparePam(SCOPE);
  await product.start();
  ada = new Person(account);
  assert.equal(await ada.signIn(), null);
});
afterEach(async () => {
  running.clear();
  await askBroker('end-sign-ins', { user: account.name });
  for (const { id } of await listAll()) await askBroker('kill-session', { session: id });
  ada.leave();
  await settle();
  assert.deepEqual(await listAll(), []);
  assert.deepEqual(await listHomes(), []);
  await product.stop();
});
after(() => product?.wipe());

function settle(): Promise<Checked> {
  return agree({ running, accounts: [account], before: machine });
}

async function startShell() {
  const shell = await ada.client!.startShell();
  running.add(shell.session);
  return shell;
}

async function listAll(): Promise<readonly ActiveSession[]> {
  return (await askBroker('active-sessions', {})).sessions;
}

async function listHomes(): Promise<readonly PamSessionView[]> {
  return (await askBroker('pam-sessions', {})).pamSessions;
}

async function viewOf(session: SessionId) {
  return (await ada.client!.home()).sessions.find(({ id }) => id === session);
}

function sleeps(seconds: number): boolean {
  return listProcesses().some(({ argv }) => argv.join(' ') === `sleep ${seconds}`);
}

function groups(): string {
  return readdirSync(ownCgroup()).join();
}

function leaders(): readonly number[] {
  return listProcesses()
    .filter(({ argv }) => argv[0]?.endsWith('/vestibule-leader'))
    .map(({ pid }) => pid);
}

test('sessions are programs of one leader, each with its own terminal, utmp row, cgroup and socket', async () => {
  const [one, two] = [await startShell(), await startShell()];
  const { rows, chains } = await settle();
  assert.equal(new Set(rows.map(({ pamSession }) => pamSession)).size, 1);
  assert.equal(new Set(rows.map(({ tty }) => tty)).size, 2);
  assert.equal(new Set([...chains.values()].map(({ leader }) => leader)).size, 1);
  assert.equal(leaders().length, 2, 'a leader and its watch');
  const of = ({ session }: { session: SessionId }) => chains.get(session)!.program;
  for (const name of ['mnt', 'ipc']) {
    const [a, b] = [one, two].map((shell) => readlinkSync(`/proc/${of(shell)}/ns/${name}`));
    assert.equal(a, b);
  }
  const keyring = await one.terminal.run(PRINT_KEYRING);
  assert.match(keyring, /^\d+\n$/);
  assert.equal(await two.terminal.run(PRINT_KEYRING), keyring);
  assert.ok(cgroupOf(of(one)).includes(`vestibule-${one.session}`));
  assert.notEqual(cgroupOf(of(one)), cgroupOf(of(two)));
});

test('the end of one session is not the end of another, nor of what that started', async () => {
  const [one, two] = [await startShell(), await startShell()];
  for (const [shell, seconds] of [
    [one, 1001],
    [two, 1002],
  ] as const) {
    await shell.terminal.run(`setsid -f sleep ${seconds} >/dev/null 2>&1`);
    await until(() => sleeps(seconds), 'it sleeps');
  }
  await ada.client!.endSession(one.session);
  await one.terminal.closed;
  await until(() => !groups().includes(one.session), 'its cgroup is gone');
  assert.deepEqual([sleeps(1001), sleeps(1002)], [false, true]);
  two.terminal.send({ name: 'input', data: Buffer.from('exit 7\r') });
  await two.terminal.closed;
  running.clear();
  await settle();
  assert.equal((await viewOf(two.session))?.exitStatus, 7);
  assert.equal(leaders().length, 2, 'the home session stays');
  await ada.signOut();
  await until(() => leaders().length === 0, 'the home session is closed');
});

for (const victims of [['broker'], SERVICES] as const) {
  test(`kill -9 of ${victims.join(', ')}: all programs of the leader are adopted`, async () => {
    const [one, two, three] = [await startShell(), await startShell(), await startShell()];
    const found = await settle();
    three.terminal.ws.terminate();
    const from = product.strike(victims);
    const third = found.rows.find(({ id }) => id === three.session)!;
    kill(third.pid);
    await until(() => !listProcesses().some(({ pid }) => pid === third.pid), 'it is gone');
    await product.serving(from, victims);
    running.delete(three.session);
    const { chains } = await settle();
    assert.deepEqual(chains.get(one.session), found.chains.get(one.session));
    const last = await viewOf(three.session);
    assert.deepEqual([last?.state, last?.exitStatus], ['ended', 137]);
    for (const { session } of [one, two]) {
      const terminal = await ada.client!.openTerminal(session, await ada.client!.enter(session));
      assert.equal(await terminal.run('echo $$'), `${chains.get(session)!.program}\n`);
      terminal.ws.terminate();
    }
    await startShell();
    await settle();
    assert.equal(leaders().length, 2);
  });
}

test('a leader that dies takes all its programs along, and the next session gets another', async () => {
  const shells = [await startShell(), await startShell()];
  const { chains } = await settle();
  kill([...chains.values()][0]!.leader);
  running.clear();
  await settle();
  for (const { session } of shells) assert.equal((await viewOf(session))?.state, 'unclean');
  await startShell();
  await settle();
});

test('signed out everywhere, sessions go on and end as ever; then the PAM session is closed', async () => {
  const { session } = await startShell();
  await ada.signOut();
  await settle();
  assert.deepEqual([(await listAll()).length, (await listHomes()).length], [1, 1]);
  await askBroker('kill-session', { session });
  running.delete(session);
  await until(() => leaders().length === 0, 'the home session is closed');
});

test('closing the home session ends all that runs in it', async () => {
  const shells = [await startShell(), await startShell()];
  const [home] = await listHomes();
  execFileSync(VESTIBULE, ['pam', 'close', home!.id]);
  running.clear();
  await settle();
  assert.equal(leaders().length, 0);
  for (const { session } of shells) assert.equal((await viewOf(session))?.state, 'ended');
});
