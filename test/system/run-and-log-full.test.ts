/** No room in /run/vestibule, or for the log: named, refused in words where it is needed, and nothing else ends. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from '../lib/accounts.ts';
import { Refused } from '../lib/client.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { makePrivateAccount, signInAs } from '../lib/person.ts';
import { askBroker, Product, until, VESTIBULE } from '../lib/product.ts';
import { fillWith, SmallDisk } from '../lib/small-disk.ts';

const LOGS = '/var/log/vestibule-small';
const LOG = `${LOGS}/vestibule.log`;
const FULL = `${PATHS.run}/full`;

let product: Product;
let account: Account;
let logs: SmallDisk;

before(async () => {
  account = makePrivateAccount('ada');
  preparePam();
  product = await Product.install();
  mkdirSync(LOGS);
  logs = new SmallDisk(LOGS);
});
afterEach(async () => {
  await product.wipe();
});
after(async () => {
  await product?.wipe();
  logs?.unmount();
});

const status = () => spawnSync(VESTIBULE, ['status'], { encoding: 'utf8' });

const runTroubles = {
  full: [() => fillWith(FULL), () => rmSync(FULL)],
  'read-only': [() => remount('ro'), () => remount('rw')],
} as const;
const remount = (how: string) => execFileSync('mount', ['-o', `remount,${how}`, PATHS.run]);

for (const [kind, [spoil, mend]] of Object.entries(runTroubles)) {
  test(`/run/vestibule ${kind}: no session starts, sign-in and what runs go on`, async () => {
    await product.start();
    const client = await signInAs(account);
    const { session, terminal } = await client.startShell();
    spoil();
    try {
      await assert.rejects(client.startTerminal(), (error) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.problem.code, 'disk');
        assert.match(error.problem.text, new RegExp(`for running sessions is ${kind}, so`));
        return true;
      });
      const { status: code, stdout } = status();
      assert.equal(code, 4);
      assert.match(stdout, new RegExp(`^trouble: the disk of '${PATHS.run}' is ${kind}: `, 'm'));
      const elsewhere = await signInAs(account);
      assert.equal((await elsewhere.home()).sessions[0]?.state, 'running');
      assert.match(await terminal.run('echo $((6*7))'), /^42/);
      await product.kill('broker', 'gateway', 'rootd');
      await client.endSession(session);
    } finally {
      mend();
    }
    await until(() => status().status === 0, 'all is well');
    await client.startShell();
  });
}

test('no room for the log: all goes on, status says how many lines are lost, and so does the log', async () => {
  product.spawn('--log', LOG);
  await until(() => existsSync(PATHS.brokerForCli), 'the server');
  while (!(await askBroker('status', {}).catch(() => null))?.gatewayConnected);
  logs.fill();
  const client = await signInAs(account);
  const { session, terminal } = await client.startShell();
  assert.match(await terminal.run('echo $((6*7))'), /^42/);
  await client.endSession(session);
  await client.signOut();
  const { status: code, stdout } = status();
  assert.equal(code, 4);
  assert.match(
    stdout,
    /^trouble: the log '\/var\/log\/vestibule-small\/vestibule.log' cannot be written \(ENOSPC\), \d+ lines are lost/m,
  );
  logs.mend();
  await until(() => status().status === 0, 'all is well');
  await signInAs(account);
  const text = readFileSync(LOG, 'utf8');
  assert.match(text, /^\{.*"event":"log-lines-lost","code":"ENOSPC","lost":[1-9]\d*\}$/m);
  assert.match(text, /^\{.*"event":"sign-in","user":"ada".*\}$/m);
});

test('a log that cannot be opened keeps no server from its start: it is on the terminal then', async () => {
  logs.break();
  const from = product.log.length;
  product.spawn('--log', `${LOGS}/another.log`);
  await product.logged(/cannot open the log '.*', logging here: Read-only file system/, from);
  await product.serving(from, ['rootd', 'broker', 'gateway']);
  await signInAs(account);
});
