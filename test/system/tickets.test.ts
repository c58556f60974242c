/** Who has to wait at the door, and where people are signed in: over the real server, with real accounts. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { SignInStep, SignIns } from '../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { type Prompts, Refused, WebClient } from '../lib/client.ts';
import { withDatabase } from '../lib/database.ts';
import { logged } from '../lib/intruder.ts';
import { findProcesses } from '../lib/processes.ts';
import { VESTIBULE } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { clearMachine } from '../lib/setup.ts';

const WRONG_WORDS = 'The user name or password is incorrect.';
const PROXY = '127.0.255.9';
let server: Server;
let network = 0;

before(async () => {
  await clearMachine();
  mkdirSync('/etc/vestibule', { recursive: true });
  execFileSync('groupadd', ['-f', 'tickets-lab']);
  const lines = ['auth-required-user-group=tickets-lab', `www-trusted-proxies=${PROXY}`];
  writeFileSync(PATHS.configuration, `${lines.join('\n')}\n`, { mode: 0o644 });
  server = await startServer('--port', '9453');
});
after(async () => {
  await server?.interrupt();
  rmSync(PATHS.configuration, { force: true });
});

/** A browser at an address that nobody else has had. */
const elsewhere = (): WebClient => elsewhereTogether(1)[0]!;

/** Several, all at the same. */
function elsewhereTogether(count: number): WebClient[] {
  network += 1;
  return Array.from({ length: count }, () => new WebClient(server.url, `127.0.${network}.1`));
}
const makeMember = (name: string): Account => makeAccount(name, ['tickets-lab']);

async function signedIn({ name, password }: Account, client = elsewhere()): Promise<WebClient> {
  await client.signIn(name, Buffer.from(password));
  return client;
}

async function refused(client: WebClient, user: string, password: string): Promise<Refused> {
  const error = await client.signIn(user, Buffer.from(password)).catch((error) => error);
  assert.ok(error instanceof Refused, `wanted a refusal, got ${error}`);
  return error;
}

const statusOf = async (client: WebClient): Promise<number> =>
  (await client.ask('GET', '/api/sign-ins')).status;

async function signInsOf(client: WebClient): Promise<SignIns['signIns']> {
  return (await client.askJson<SignIns>('GET', '/api/sign-ins')).signIns;
}

async function promptsOf(client: WebClient, user: string): Promise<Prompts> {
  const step = await client.beginSignIn(user);
  if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);
  return step;
}

/** For what is asked is not how long yescrypt takes. */
function hashCheaply(accounts: readonly Account[]): void {
  const cheap = ['--crypt-method', 'SHA256', '--sha-rounds', '1000'];
  const input = accounts.map(({ name, password }) => `${name}:${password}\n`).join('');
  execFileSync('chpasswd', cheap, { input });
}

/** There is no event to wait for from outside. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = AbortSignal.timeout(60_000);
  while (!(await isSo())) await delay(50, undefined, { signal: end });
}

function whenSignedOut(client: WebClient): Promise<void> {
  return until(async () => (await statusOf(client)) === 401);
}

function killBroker(): void {
  const [broker] = findProcesses('/dist/broker.js');
  process.kill(broker!.pid, 'SIGKILL');
}

function audit(event: string, user: string): number {
  const query = 'SELECT count(*) AS n FROM audit WHERE event = ? AND user = ?';
  const count = (database: DatabaseSync) => database.prepare(query).get(event, user);
  return Number(withDatabase(count, { readOnly: true })?.n);
}

test('unknown user, wrong password, locked account: the same words after the same time', async () => {
  const [known, locked] = [makeMember('tk-known'), makeMember('tk-locked')];
  execFileSync('usermod', ['-L', locked.name]);
  const tries = [
    ['tk-nobody', 'x'],
    [known.name, 'x'],
    [locked.name, locked.password],
  ] as const;
  const answers = await Promise.all(
    tries.map(async ([user, password]) => {
      const began = performance.now();
      return { error: await refused(elsewhere(), user, password), ms: performance.now() - began };
    }),
  );
  for (const { error, ms } of answers) {
    const { code, text } = error.problem;
    assert.deepEqual([error.status, code, text], [401, 'sign-in-failed', WRONG_WORDS]);
    assert.ok(ms >= 2990, `${ms} ms`);
  }
});

test('a good sign-in is answered while wrong ones wait for their answer', async () => {
  const good = makeMember('tk-good');
  hashCheaply([good]);
  const attackers = [1, 2, 3, 4].flatMap(() => elsewhereTogether(3));
  const honest = elsewhere();
  // Each has been asked already: only what takes less than the 3 s of a refusal is left.
  const asked = await Promise.all(attackers.map((client) => promptsOf(client, good.name)));
  const step = await promptsOf(honest, good.name);
  let answered = 0;
  const wrong = attackers.map(async (client, i) => {
    const error = await client.answer(good.name, asked[i]!, [Buffer.from('a')]).catch((e) => e);
    answered += 1;
    return error;
  });
  await honest.answer(good.name, step, [Buffer.from(good.password)]);
  assert.equal(answered, 0);
  for (const { status } of await Promise.all(wrong)) assert.equal(status, 401);
  await signedIn(good);
});

test('who guessed five times waits and is told how long, others do not', async () => {
  const { name, password } = makeMember('tk-guessed');
  const attacker = elsewhere();
  const guesses = ['1', '2', '3', '4', '5'].map((guess) => refused(attacker, name, guess));
  for (const { status } of await Promise.all(guesses)) assert.equal(status, 401);
  const { status, headers, problem } = await refused(attacker, name, password);
  assert.deepEqual([status, problem.code], [429, 'too-many']);
  assert.match(problem.text, /^Too many failed sign-ins\. Try again in \d+ seconds?\.$/);
  assert.equal(headers['retry-after'], String(problem.retryAfter));
  assert.ok(audit('sign-in-throttled', name) > 0);
  await elsewhere().signIn(name, Buffer.from(password));
  killBroker();
  const codes: string[] = [];
  await until(async () => {
    codes.push((await refused(attacker, name, 'another guess')).problem.code);
    return codes.at(-1) === 'too-many';
  });
  // One, should the lock have run out meanwhile; a new broker that knew nothing would let five pass.
  assert.ok(codes.filter((code) => code === 'sign-in-failed').length <= 1, codes.join());
});

test('a client is who a trusted proxy says, to PAM and to the audit; others only say so', async () => {
  const { name, password } = makeMember('tk-proxied');
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.77' };
  for (const [from, address] of [
    [PROXY, '203.0.113.77'],
    ['127.0.255.10', '127.0.255.10'],
  ] as const) {
    const client = new WebClient(server.url, from);
    const step = await client.askJson<SignInStep>('POST', '/api/sign-in', {
      body: { user: name },
      headers,
    });
    if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);
    await client.answer(name, step, [Buffer.from(password)]);
    const list = await signInsOf(client);
    assert.equal(list.find(({ current }) => current)?.address, address);
    await logged(new RegExp(`signed in: user '${name}' .* from '${address}'`));
    client.close();
  }
});

test('300 people of one address sign in at once, and nobody has to wait for the next try', async () => {
  const accounts = Array.from({ length: 6 }, (_, i) => makeMember(`tk-many-${i}`));
  hashCheaply(accounts);
  const clients = elsewhereTogether(300);
  // Connected already: 300 handshakes at once are another matter.
  for (let i = 0; i < clients.length; i += 20)
    await Promise.all(clients.slice(i, i + 20).map(statusOf));
  await Promise.all(clients.map((client, i) => signedIn(accounts[i % accounts.length]!, client)));
  for (const { name } of accounts) {
    assert.equal(audit('sign-in', name), 50);
    assert.equal(audit('sign-in-throttled', name), 0);
  }
  for (const client of clients) client.close();
});

test('the list of sign-ins, the end of one elsewhere, of all', async () => {
  const account = makeMember('tk-list');
  const [here, there] = [await signedIn(account), await signedIn(account)];
  const list = await signInsOf(here);
  assert.deepEqual(
    list.map(({ address, current }) => [address, current]),
    [
      [`127.0.${network - 1}.1`, true],
      [`127.0.${network}.1`, false],
    ],
  );
  await here.askJson('DELETE', `/api/sign-ins/${list[1]!.id}`);
  assert.equal(await statusOf(there), 401);
  const again = await signedIn(account);
  await here.askJson('DELETE', '/api/sign-ins');
  for (const client of [here, again]) assert.equal(await statusOf(client), 401);
  assert.equal(audit('sign-out', account.name), 1);
  assert.equal(audit('sign-out-everywhere', account.name), 2);
});

test('asking in the background is no use', async () => {
  const client = await signedIn(makeMember('tk-poll'));
  const [before] = await signInsOf(client);
  await client.home();
  await client.home();
  const [now] = await signInsOf(client);
  assert.equal(now!.used, before!.used);
});

const ENDS: Record<string, (account: Account) => void> = {
  'has expired': ({ name }) => execFileSync('usermod', ['-e', '1', name]),
  'left the required group': ({ name }) => execFileSync('gpasswd', ['-d', name, 'tickets-lab']),
  'is another account now': ({ name }) => {
    execFileSync('userdel', [name]);
    execFileSync('useradd', ['-K', 'UID_MAX=65000', '-u', '64100', '-G', 'tickets-lab', name]);
  },
};

for (const [number, [what, change]] of Object.entries(ENDS).entries()) {
  test(`a user who ${what} is signed out everywhere when a session starts`, async () => {
    const account = makeMember(`tk-start-${number}`);
    const [client, other] = [await signedIn(account), await signedIn(account)];
    change(account);
    await client.startTerminal();
    await whenSignedOut(client);
    await whenSignedOut(other);
    assert.equal(audit('account-refused', account.name), 2);
    if (what.startsWith('is another')) execFileSync('userdel', [account.name]);
  });
}

test('... and when PAM is asked again, which a new broker soon does; others stay', async () => {
  const [gone, stays] = [makeMember('tk-gone'), makeMember('tk-stays')];
  const [out, still] = [await signedIn(gone), await signedIn(stays)];
  execFileSync('usermod', ['-e', '1', gone.name]);
  killBroker();
  await whenSignedOut(out);
  assert.equal((await signInsOf(still)).length, 1);
});

test('while nologin is set nobody is judged, for it says nothing about those who are there', async () => {
  const account = makeMember('tk-nologin');
  const client = await signedIn(account);
  writeFileSync('/etc/nologin', 'back at noon\n');
  execFileSync('usermod', ['-e', '1', account.name]);
  await client.startTerminal();
  await logged(/"event":"account-not-checked","user":"tk-nologin"/);
  assert.equal((await signInsOf(client)).length, 1);
  rmSync('/etc/nologin');
  await client.startTerminal();
  await whenSignedOut(client);
});

test('vestibule sign-out ends those of one user, --all those of everybody; signing in works on', async () => {
  const [one, two] = [makeMember('tk-cli-1'), makeMember('tk-cli-2')];
  const [first, second] = [await signedIn(one), await signedIn(two)];
  const { status, stdout } = spawnSync(VESTIBULE, ['sign-out', one.name], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [0, `1 sign-in of '${one.name}' ended\n`]);
  assert.equal(await statusOf(first), 401);
  assert.equal(await statusOf(second), 200);
  const all = spawnSync(VESTIBULE, ['sign-out', '--all', '--json'], { encoding: 'utf8' });
  const said = JSON.parse(all.stdout);
  assert.deepEqual([all.status, said.grantsVoid, said.tickets > 0], [0, true, true]);
  assert.equal(await statusOf(second), 401);
  const client = await signedIn(one);
  const { id } = await client.startTerminal();
  await until(async () => {
    const row = (await client.home()).sessions.find((session) => session.id === id);
    assert.notEqual(row?.state, 'failed');
    return row?.state === 'running';
  });
  await client.endSession(id);
});
