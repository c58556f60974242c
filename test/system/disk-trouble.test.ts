/** The disk of the database is full, breaks, or has no inodes left: what runs goes on, what begins is refused in words. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Trouble } from '../../src/lib/trouble.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { LiveMessage } from '../../src/protocol/page-gateway.ts';
import { Mailbox } from '../fakes/mailbox.ts';
import type { Account } from '../lib/accounts.ts';
import { Refused, type Terminal, type WebClient } from '../lib/client.ts';
import { withDatabase } from '../lib/database.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { judge, makeClient, makePrivateAccount, signInAs } from '../lib/person.ts';
import { askBroker, Product, until, VESTIBULE } from '../lib/product.ts';
import { SmallDisk } from '../lib/small-disk.ts';

let product: Product;
let account: Account;
let disk: SmallDisk;

before(async () => {
  account = makePrivateAccount('ada');
  preparePam();
  product = await Product.install();
  disk = new SmallDisk(dirname(PATHS.database));
});
afterEach(async () => {
  await product.stop();
  // What is broken stays so until it is mounted anew.
  await product.wipe().catch(() => {});
  disk.unmount();
  disk.mount();
  disk.mend();
  await product.wipe();
});
after(async () => {
  await product?.wipe();
  disk?.unmount();
});

interface Scene {
  readonly client: WebClient;
  readonly elsewhere: WebClient;
  readonly ends: SessionId;
  readonly stays: SessionId;
  readonly terminal: Terminal;
}

async function setScene(): Promise<Scene> {
  await product.start();
  const client = await signInAs(account);
  const elsewhere = await signInAs(account);
  const { session: ends } = await client.startShell();
  const { session: stays, terminal } = await client.startShell();
  return { client, elsewhere, ends, stays, terminal };
}

const statesOf = async (client: WebClient) =>
  new Map((await client.home()).sessions.map(({ id, state }) => [id, state]));

async function stateBecomes(client: WebClient, id: SessionId, state: string): Promise<void> {
  while ((await statesOf(client)).get(id) !== state);
}

async function refusedWith(work: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Refused, String(error));
    assert.equal(error.problem.code, 'disk');
    assert.match(error.problem.text, words);
    return true;
  });
}

function assertStatus(words: RegExp): void {
  const { status, stdout } = spawnSync(VESTIBULE, ['status'], { encoding: 'utf8' });
  assert.equal(status, 4, stdout);
  assert.match(stdout, words);
}

async function assertGoesOn({ client, elsewhere, ends, stays, terminal }: Scene): Promise<void> {
  assert.match(await terminal.run('echo $((6*7))'), /^42/);
  assert.equal((await statesOf(client)).get(stays), 'running');
  await client.endSession(ends);
  await stateBecomes(client, ends, 'ended');
  await elsewhere.signOut();
  assert.equal(await judge(elsewhere.home()), 'not-signed-in');
}

const rowOf = (id: SessionId) =>
  withDatabase((database) => database.prepare('SELECT state FROM sessions WHERE id = ?').get(id))
    ?.state;
const written = () =>
  until(() => spawnSync(VESTIBULE, ['status']).status === 0, 'all is written', 20);

for (const [kind, spoil, words] of [
  ['full', () => disk.fill(), /disk of this server is full/],
  ['read-only', () => disk.break(), /disk of this server is read-only/],
] as const) {
  test(`${kind}: what runs goes on and ends, what begins is refused, also after a restart`, async () => {
    const scene = await setScene();
    const { client, ends, stays } = scene;
    const guess = makeClient();
    const step = await guess.beginSignIn(account.name);
    assert.ok(step.kind === 'prompts');
    spoil();
    const wrong = guess.answer(account.name, step, [Buffer.from('wrong')]);
    assert.equal(await judge(wrong), 'sign-in-failed');
    await refusedWith(client.startTerminal(), words);
    await refusedWith(signInAs(account), words);
    assertStatus(new RegExp(`^trouble: the disk of '${PATHS.database}' is ${kind}: `, 'm'));
    await assertGoesOn(scene);
    await product.kill('broker');
    assertStatus(new RegExp(`trouble: the disk of '${PATHS.database}' is ${kind}: `));
    assert.deepEqual(
      [...(await statesOf(client))].sort(),
      [[ends, 'ended'] as const, [stays, 'running'] as const].sort(),
    );
    await refusedWith(client.startTerminal(), words);
    if (kind === 'read-only') return; // its disk has to be mounted anew
    disk.mend();
    await written();
    assert.equal(rowOf(ends), 'ended');
    await client.startShell();
  });
}

test('full, and room again: all that happened meanwhile is written, without a restart', async () => {
  const scene = await setScene();
  disk.fill();
  await assertGoesOn(scene);
  assert.equal(rowOf(scene.ends), 'running');
  disk.mend();
  await written();
  assert.equal(rowOf(scene.ends), 'ended');
  assert.equal(
    withDatabase((database) => database.prepare('SELECT count(*) AS n FROM tickets').get())?.n,
    1,
  );
});

test('no inodes: what has its files goes on and begins, and status says it', async () => {
  const scene = await setScene();
  disk.takeInodes();
  await scene.client.startShell();
  assertStatus(/^trouble: the disk of '.*' has no inodes left: remove files/m);
  await assertGoesOn(scene);
  // The next one has to make its journal.
  await product.stop();
  disk.takeInodes();
  await product.start();
  assertStatus(/has no inodes left/);
  assert.equal((await statesOf(scene.client)).get(scene.stays), 'running');
  await refusedWith(scene.client.startTerminal(), /no room for files/);
  disk.mend();
  await written();
  await scene.client.startShell();
});

test('the home page of administrators says it, and nobody else hears of it', async (t) => {
  // groupadd makes none with a blank; directories do.
  appendFileSync('/etc/group', `disk admins:x:61990:${account.name}\n`);
  writeFileSync(PATHS.configuration, 'admin-group=no such,disk admins\n', { mode: 0o644 });
  t.after(() => rmSync(PATHS.configuration));
  await product.start();
  const client = await signInAs(account);
  const bob = makePrivateAccount('bob');
  const other = await signInAs(bob);
  const [told, heard] = [listen(client), listen(other)];
  await told.take(({ kind }) => kind === 'troubles');
  await heard.take(({ kind }) => kind === 'troubles');
  disk.fill();
  const isFull = ({ kind, path }: Trouble) =>
    kind === 'full' && path.startsWith(dirname(PATHS.database));
  await told.take((message) => message.kind === 'troubles' && message.troubles.every(isFull));
  const { troubles } = await client.home();
  assert.ok(troubles.length === 1 && troubles.every(isFull), JSON.stringify(troubles));
  assert.deepEqual((await other.home()).troubles, []);
  disk.mend();
  await told.take((message) => message.kind === 'troubles' && message.troubles.length === 0);
  assert.deepEqual(
    heard.all.filter(({ kind }) => kind === 'troubles'),
    [],
  );
});

/** What its home page hears. */
function listen(client: WebClient): Mailbox<LiveMessage> {
  const messages = new Mailbox<LiveMessage>();
  const live = client.socket(client.at('/api/live'));
  live.on('message', (data) => messages.put(JSON.parse(String(data)) as LiveMessage));
  return messages;
}

const spoiled: Readonly<Record<string, readonly [() => void, RegExp]>> = {
  'cut short': [() => truncateSync(PATHS.database, 9000), /is damaged/],
  'without its journal': [() => rmSync(`${PATHS.database}-wal`), /lacks the latest changes/],
  "root's": [() => chownSync(PATHS.database, 0, 0), /may not be read and written/],
};
for (const [what, [spoil, words]] of Object.entries(spoiled)) {
  test(`a database ${what} is named, costs no session, and is set aside on request`, async () => {
    const { client, stays, terminal } = await setScene();
    await product.stop(what === 'without its journal' ? 'SIGKILL' : 'SIGTERM');
    spoil();
    await product.start();
    assertStatus(words);
    const { sessions } = await askBroker('active-sessions', {});
    assert.equal(sessions.find(({ id }) => id === stays)?.state, 'running');
    assert.equal(await judge(client.home()), 'not-signed-in');
    await refusedWith(signInAs(account), /database/);
    assert.equal(spawnSync(VESTIBULE, ['set-database-aside']).status, 0);
    await written();
    const again = await signInAs(account);
    assert.equal((await statesOf(again)).get(stays), 'running');
    const entered = await again.openTerminal(stays, await again.enter(stays));
    assert.match(await entered.run('echo $((6*7))'), /^42/);
    terminal.ws.terminate();
  });
}

test('a database that is put back in its place is used again, and nobody signs in anew', async () => {
  const { client, stays } = await setScene();
  await product.stop();
  chownSync(PATHS.database, 0, 0);
  await product.start();
  assertStatus(/may not be read and written/);
  chownSync(PATHS.database, disk.owner.uid, disk.owner.gid);
  await written();
  assert.equal((await statesOf(client)).get(stays), 'running');
  renameSync(PATHS.database, `${PATHS.database}.away`);
  await until(() => spawnSync('test', ['-e', PATHS.database]).status === 0, 'a new one', 30);
  assert.equal((await statesOf(client)).get(stays), 'running');
});
