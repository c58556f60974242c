/**
 * Who signs in without end, begins sign-ins and leaves them, or tries what can be no name, costs others nothing.
 * SIGN_INS, ADDRESSES, NAMES: how many.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SignIns } from '../../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Attack, measureAttack } from '../../lib/attack-figures.ts';
import { Refused, WebClient } from '../../lib/client.ts';
import { withDatabase } from '../../lib/database.ts';
import { preparePam } from '../../lib/fast-pam.ts';
import { readLog, stopAll } from '../../lib/intruder.ts';
import { findProcesses } from '../../lib/processes.ts';
import { type Server, startServer } from '../../lib/server.ts';

const countOf = (name: string, usual: number) => Number(process.env[name] ?? usual);
const SIGN_INS = countOf('SIGN_INS', 80);
const ADDRESSES = countOf('ADDRESSES', 120);
const NAMES = countOf('NAMES', 60);
/** Of the broker, that a flood may leave behind. */
const MOST_MIB = 100;
/** What the line lets nobody wait for: longer, and the sign-in is refused. */
const LINE_MS = 30_000;

let server: Server;
let eve: Account;
let ada: Account;
const clients: WebClient[] = [];

const brokerPid = (): number => findProcesses('dist/broker.js').at(-1)!.pid;
const countAudit = (address: string): number => {
  const count = 'SELECT count(*) AS n FROM audit WHERE address = ?';
  return withDatabase((database) => Number(database.prepare(count).get(address)!.n), {
    readOnly: true,
  });
};

function from(address: string): WebClient {
  const client = new WebClient(server.url, address);
  clients.push(client);
  return client;
}

/** Somebody else signs in, and out. */
function someoneElse(): () => Promise<void> {
  const client = from('127.0.0.99');
  return async () => {
    const began = performance.now();
    await client.signIn(ada.name, Buffer.from(ada.password));
    assert.ok(performance.now() - began < LINE_MS);
    await client.signOut();
  };
}

/** Does these one after the other, `together` at a time, while others are watched. */
function perform(
  acts: readonly (() => Promise<unknown>)[],
  together: number,
  words: () => string,
): Attack {
  const left = acts.values();
  let running = together;
  const work = async (): Promise<void> => {
    for (const act of left) await act();
    running -= 1;
  };
  const all = Promise.all(Array.from({ length: together }, work));
  all.catch((error) => {
    throw error;
  });
  return { isOver: (asked) => running === 0 && asked >= 20, stop: () => {}, words };
}

before(async () => {
  [eve, ada] = [makeAccount('eve-fl'), makeAccount('ada-fl')];
  preparePam();
  server = await startServer();
});

after(async () => {
  for (const client of clients) client.close();
  await stopAll(server);
});

test(`${SIGN_INS} sign-ins of one account: 50 are left, the list is answered, the broker lives`, async (t) => {
  const broker = brokerPid();
  const other = from('127.0.0.98');
  await other.signIn(ada.name, Buffer.from(ada.password));
  const browsers = Array.from({ length: SIGN_INS }, () => from('127.0.0.66'));
  const acts = browsers.map((browser) => () => browser.signIn(eve.name, Buffer.from(eve.password)));
  const grown = await measureAttack(
    t,
    broker,
    () => other.home(),
    () => perform(acts, 8, () => `${SIGN_INS} sign-ins of one account`),
  );
  const { signIns } = await browsers.at(-1)!.askJson<SignIns>('GET', '/api/sign-ins');
  assert.equal(signIns.length, 50);
  assert.equal((await browsers[0]!.ask('GET', '/api/home')).status, 401);
  await other.home();
  assert.equal(brokerPid(), broker);
  assert.ok(grown < MOST_MIB, `${grown.toFixed(0)} MiB`);
});

test(`one sign-in each begun from ${ADDRESSES} addresses, and left: others get in`, async (t) => {
  const begun: string[] = [];
  const acts = Array.from({ length: ADDRESSES }, (_, at) => async () => {
    const client = from(`127.0.${1 + Math.floor(at / 250)}.${1 + (at % 250)}`);
    await client.beginSignIn(eve.name).then(
      ({ kind }) => begun.push(kind),
      (error: Refused) => begun.push(error.problem.code),
    );
  });
  const grown = await measureAttack(t, brokerPid(), someoneElse(), () =>
    perform(
      acts,
      80,
      () => `${begun.filter((kind) => kind === 'prompts').length} of ${ADDRESSES} begun`,
    ),
  );
  assert.equal(begun.length, ADDRESSES);
  assert.ok(grown < MOST_MIB, `${grown.toFixed(0)} MiB`);
});

test(`${NAMES} times what can be no name: no process of root, few rows, and the wait is told`, async (t) => {
  const client = from('127.0.0.67');
  const leaders = (): number => readLog().split('invalid user name').length;
  const logged = leaders();
  const codes = new Map<string, number>();
  const acts = Array.from({ length: NAMES }, (_, at) => async () => {
    const user = ['a/b', '-x', 'x'.repeat(256), '..'][at % 4]!;
    const error = await client.beginSignIn(user).catch((thrown: Refused) => thrown);
    assert.ok(error instanceof Refused);
    codes.set(error.problem.code, (codes.get(error.problem.code) ?? 0) + 1);
  });
  const told = (): string => [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
  await measureAttack(t, brokerPid(), someoneElse(), () => perform(acts, 4, told));
  assert.ok((codes.get('too-many') ?? 0) > NAMES / 2, told());
  assert.match(readLog(), new RegExp(`signed in: user '${ada.name}'`)); // leaders' lines are there
  assert.equal(leaders(), logged);
  const rows = countAudit('127.0.0.67');
  t.diagnostic(`${rows} rows of the audit`);
  assert.ok(rows > 0 && rows < 40, `${rows} rows`);
});
