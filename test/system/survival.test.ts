/** kill -9 of each service and of all, whenever it hurts; leaders that hang; versions of what outlives a restart. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fromLeader, MAX_ROOT_FRAME, PATHS } from '../../src/protocol/broker-leader.ts';
import { encode } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import { MAX_SESSION_FRAME, toSession } from '../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import { EMPTY_HELLO } from '../fakes/empty-hello.ts';
import type { Account } from '../lib/accounts.ts';
import { agree, type Checked, type Expected, readBaseline } from '../lib/check-machine.ts';
import { withDatabase } from '../lib/database.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { Client } from '../lib/leader/client.ts';
import { judge, makeClient, makePrivateAccount, Person } from '../lib/person.ts';
import { askBroker, kill, Product, pamSessionOf, SERVICES, type Service } from '../lib/product.ts';

const GATE = '/tmp/gate';
const FAKE = 'session required %FAKE%';
/** What a leader does while it closes is looked at: it closes with the program. */
const CLOSE = { options: ['auth-pam-sessions-close=1'] };
const CASES: readonly (readonly Service[])[] = [...SERVICES.map((service) => [service]), SERVICES];

let product: Product;
let account: Account;
let ada: Person;
let machine: Expected['before'];
const running = new Set<string>();

before(async () => {
  account = makePrivateAccount('ada');
  preparePam(CLOSE);
  execFileSync('mkfifo', [GATE]);
  product = await Product.install();
  await product.start();
  machine = await readBaseline([account]);
  ada = new Person(account);
});
beforeEach(async () => {
  // Each test begins with short restarts: supervise waits longer after each death.
  await product.stop();
  await product.start();
});
afterEach(async () => {
  preparePam(CLOSE);
  try {
    await endAll();
  } catch (error) {
    running.clear();
    await product.wipe();
    throw error;
  }
});
after(async () => {
  ada?.leave();
  await product?.wipe();
});

function settle(more: readonly [number, number] = [0, 0]): Promise<Checked> {
  return agree({ running, more, accounts: [account], before: machine });
}

async function startTerminal(): Promise<Checked> {
  const { id } = await ada.client!.startTerminal();
  running.add(id);
  return await settle();
}

/** What the home page lists, without what has ended. */
async function shown(): Promise<(readonly [string, string])[]> {
  const { sessions } = await ada.client!.home();
  return sessions.filter(({ ended }) => ended === null).map(({ id, state }) => [id, state]);
}

async function endAll(): Promise<void> {
  for (const { id } of (await askBroker('active-sessions', {})).sessions) {
    await askBroker('kill-session', { session: id });
  }
  running.clear();
  await settle();
}

function stateOf(id: string): unknown {
  return withDatabase((database) =>
    database.prepare('SELECT state FROM sessions WHERE id = ?').get(id),
  )?.state;
}

for (const victims of CASES) {
  const names = victims.join(', ');
  const rootdOnly = victims.every((service) => service === 'rootd');

  test(`a sign-in over kill -9 of ${names} goes on or ends clearly, and a new one works`, async () => {
    const verdict = await ada.signInSlowly(() => product.kill(...victims));
    assert.equal(verdict, rootdOnly ? null : 'conversation-gone');
    assert.equal(await ada.signIn(), null);
    await settle();
  });

  test(`a start over kill -9 of ${names} is neither lost nor there twice`, async () => {
    preparePam({ ...CLOSE, session: [`${FAKE} open=wait:${GATE}`] });
    assert.equal(await ada.signIn(), null);
    const { id } = await ada.client!.startTerminal();
    const gate: FileHandle = await open(GATE, 'w'); // opens when the module waits
    assert.equal(stateOf(id), 'starting');
    await product.kill(...victims);
    await gate.close();
    const { rows } = await settle([0, 1]);
    const state = rows[0]?.state ?? stateOf(id);
    assert.match(
      String(state),
      victims.includes('broker') ? /^(running|failed|ended)$/ : /^running$/,
    );
    assert.equal(rows.length, state === 'running' ? 1 : 0);
  });

  test(`what runs when ${names} is killed -9 goes on, is listed and can be entered`, async () => {
    assert.equal(await ada.signIn(), null);
    const before = await startTerminal();
    const [id] = [...running] as [SessionId];
    await product.kill(...victims);
    const { rows, chains } = await settle();
    assert.deepEqual([...chains], [...before.chains]);
    assert.deepEqual(await shown(), [[id, 'running']]);
    const terminal = await ada.client!.openTerminal(id, await ada.client!.enter(id));
    assert.equal(await terminal.run('echo $$'), `${rows[0]!.pid}\n`);
    terminal.ws.terminate();
  });
}

test('a leader that hangs while it closes is stuck, shown, and in nobody’s way', async () => {
  assert.equal(await ada.signIn(), null);
  preparePam({ ...CLOSE, session: [`${FAKE} close=hang`] });
  const { chains } = await startTerminal();
  const [id] = [...running] as [SessionId];
  const { leader } = chains.get(id)!;
  preparePam(CLOSE);
  await ada.client!.endSession(id);
  await product.logged(new RegExp(`"session-ending".*${id}`));
  // A new broker asks it who it is: that takes 10 s, not the minute that closing may take.
  await product.kill('broker');
  await product.logged(new RegExp(`"session-stuck".*${id}`));
  assert.deepEqual(await shown(), [[id, 'stuck']]);
  const next = await ada.client!.startTerminal();
  await product.logged(new RegExp(`"session-running".*${next.id}`));
  kill(leader);
  await product.logged(new RegExp(`"session-unclean".*${id}`));
  running.clear();
  running.add(next.id);
  await settle();
});

/** A leader of another version at a socket of its own. */
async function fakeLeader(id: string) {
  const path = `${PATHS.leaders}/${id}`;
  const server = createServer((socket) => {
    const frames = new FrameStream(socket, MAX_ROOT_FRAME);
    const who = { pamSession: id, user: 'ada', uid: account.uid };
    frames.send(encode(fromLeader, { ...EMPTY_HELLO, version: 99, ...who }));
  });
  server.listen(path);
  await once(server, 'listening');
  execFileSync('chown', ['root:vestibule', path]);
  execFileSync('chmod', ['0660', path]);
  return server;
}

test('a leader of an unknown version is refused with a log line', async () => {
  const id = randomBytes(16).toString('hex');
  const from = product.log.length;
  const server = await fakeLeader(id);
  await product.kill('broker');
  await product.logged(new RegExp(`leader-silent.*${id}.*version 99, wanted \\d+`), from);
  server.close();
  rmSync(`${PATHS.leaders}/${id}`, { force: true });
  await settle();
});

test('leader and session-host drop a peer of an unknown version and go on', async () => {
  assert.equal(await ada.signIn(), null);
  const before = await startTerminal();
  const [id] = [...running];
  const from = product.log.length;
  const client = Client.connect('root', `${PATHS.leaders}/${await pamSessionOf(id as SessionId)}`);
  client.send({ name: 'hello', version: 99 });
  await client.expectEnd();
  await product.logged(
    /message 1 \(hello\) from root .*refused: it speaks version 99, wanted \d+/,
    from,
  );
  const viewer = Client.connect('root', `${PATHS.sessions}/${id}/s`);
  const frames = new FrameStream(viewer.socket, MAX_SESSION_FRAME);
  const hello = {
    name: 'hello',
    version: 99,
    key: randomBytes(32),
    viewer: 0n,
    from: 0n,
    rows: 24,
    columns: 80,
  };
  frames.send(encode(toSession, hello as never));
  assert.equal(await frames.next().catch(() => null), null);
  assert.deepEqual([...(await settle()).chains], [...before.chains]);
});

test('a database of a newer version is named, and left as it is; what runs goes on', async () => {
  assert.equal(await ada.signIn(), null);
  const before = await startTerminal();
  const known = withDatabase((database) => database.prepare('PRAGMA user_version').get());
  await product.stop();
  withDatabase((database) => database.exec('PRAGMA user_version = 99'));
  const from = product.log.length;
  await product.start();
  await product.logged(/has schema 99, this version knows up to \d+/, from);
  const { sessions, troubles } = await askBroker('status', {});
  assert.deepEqual([sessions, troubles.map(({ kind }) => kind)], [1, ['newer']]);
  assert.equal(
    await judge(makeClient().signIn(account.name, Buffer.from(account.password))),
    'disk',
  );
  await product.stop();
  withDatabase((database) => database.exec(`PRAGMA user_version = ${known?.user_version}`));
  await product.start();
  assert.deepEqual([...(await settle()).chains], [...before.chains]);
});

test('the gateway is ready only when it has tried to reach the broker', async () => {
  await product.stop();
  const from = product.log.length;
  product.spawn();
  const [, broker] = await product.logged(/broker started as process (\d+)/, from);
  process.kill(Number(broker), 'SIGSTOP');
  await product.logged(/"event":"gateway serves"/, from);
  process.kill(Number(broker), 'SIGCONT');
  await product.serving(from, SERVICES);
  assert.match(product.log.slice(from), /"event":"broker connected".*gateway is ready/s);
});

test('a cookie that no version of ours made is no sign-in', async () => {
  const client = makeClient();
  for (const value of ['2.unknown', 'x'.repeat(43), '%00', '"']) {
    client.cookies.set('__Host-Http-vestibule-ticket', value);
    assert.equal(await judge(client.home()), 'not-signed-in');
  }
  client.close();
});
