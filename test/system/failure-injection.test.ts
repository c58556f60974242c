/**
 * A PAM module that misbehaves, at every stage in every way: what the person is told, what the log says, that the next
 * sign-in or session of theirs works, and that nothing is left of it. The table is test/acceptance/failure-injection.md;
 * with WRITE_TABLE=1 it is written anew.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import type { SessionView } from '../../src/protocol/page-gateway.ts';
import type { Account } from '../lib/accounts.ts';
import { agree, type Expected, readBaseline } from '../lib/check-machine.ts';
import { type Prompts, Refused, type WebClient } from '../lib/client.ts';
import { allKeys, type Cell, fillTable, keyOf } from '../lib/fault-table.ts';
import {
  FAULTS,
  type Fault,
  makeFaultyProfiles,
  OTHER,
  order,
  orderNothing,
  type Profile,
  STAGES,
  type Stage,
} from '../lib/faults.ts';
import { configure } from '../lib/leader/machine.ts';
import { makeClient, makePrivateAccount } from '../lib/person.ts';
import { listProcesses } from '../lib/processes.ts';
import { kill, Product, until } from '../lib/product.ts';

const TABLE = 'test/acceptance/failure-injection.md';
const PEOPLE = 6;
/** The clocks of all tests run from the start, while most of them wait for somebody to be free. */
const ALL_AT_ONCE = { timeout: 900_000 };

let product: Product;
let people: Account[];
let machine: Expected['before'];
/** Of the services that nobody kills here. */
let descriptors: number;
/** Accounts with which no test is busy, and tests that wait for one. */
const free: Account[] = [];
const waiting: ((account: Account) => void)[] = [];
const cells = new Map<string, Cell>();
/** Look into the log when all is over: what a module left running is killed 10 s later. */
const traces: (() => Promise<void>)[] = [];
/** Sessions whose leader hangs, and the cells that wait for what becomes of them. */
const hanging: {
  readonly key: string;
  readonly id: string;
  readonly account: Account;
  readonly client: WebClient;
}[] = [];

before(async () => {
  configure([
    'auth-pam-profile=faulty-login',
    'auth-pam-sessions-profile=faulty-session',
    'auth-pam-timeout-seconds=4',
    'auth-person-timeout-seconds=4',
    // The stages of closing come with the end of the program.
    'auth-pam-sessions-close=1',
  ]);
  makeFaultyProfiles('faulty-login', 'faulty-session');
  const names = [OTHER, ...Array.from({ length: PEOPLE }, (_, i) => `fi-${i}`)];
  people = names.map((name) => ({ ...makePrivateAccount(name), password: 'one for all' }));
  const cheap = ['--crypt-method', 'SHA256', '--sha-rounds', '1000'];
  const input = people.map(({ name, password }) => `${name}:${password}\n`).join('');
  execFileSync('chpasswd', cheap, { input });
  free.push(...people.slice(1));
  product = await Product.install();
  await product.start();
  machine = await readBaseline(people);
  descriptors = countAll();
});
after(() => product?.wipe());

const countAll = (): number =>
  product.countDescriptors('rootd') + product.countDescriptors('gateway');

/** With an account of its own, which is given back with no orders left. */
async function withPerson(work: (account: Account) => Promise<void>): Promise<void> {
  const account = free.pop() ?? (await new Promise<Account>((resolve) => waiting.push(resolve)));
  try {
    await work(account);
  } finally {
    orderNothing(account.name);
    const next = waiting.shift();
    if (next === undefined) free.push(account);
    else next(account);
  }
}

/** Seen by a broker that waited for the end, or by its successor; which it is depends on how fast the machine is. */
const STUCK =
  /^(step 'end' not over after \d+ s: PAM does not close it: see the log of its leader\.|no hello from '\/run\/vestibule\/leaders\/\w+' in 10000 ms)$/;
const DELETE = 'pam_setcred \\(delete\\)';

/** What the log has beside the line that a reference finds; null: nothing that would be of interest. */
function traceOf(profile: Profile, stage: Stage, fault: Fault, name: string): RegExp | null {
  const login = { auth: 'pam_authenticate', account: 'pam_acct_mgmt', password: 'pam_chauthtok' };
  const session = { setcred: 'pam_setcred', open: 'pam_open_session', close: 'pam_close_session' };
  const names: Readonly<Record<string, string>> = { ...login, ...session };
  const whose = `by 'faulty-${profile}' for '${name}'`;
  const call = `${names[stage] ?? DELETE} ${whose}`;
  const last = profile === 'session' ? DELETE : names[stage === 'auth' ? 'account' : stage];
  switch (fault.name) {
    case 'hangs':
      return new RegExp(`PAM did not return to leader \\d+ .*${call}`);
    case 'crashes':
      return new RegExp(`leader \\d+ of PAM session .*${call}`);
    case 'writes to stdout':
    case 'writes to stderr':
      return new RegExp(`noise of a module in ${stage}`);
    case 'makes another of the user':
      return profile === 'login' ? new RegExp(`typed '${name}'`) : null;
    case 'leaves a process':
      // It was in nobody's way: the last call is that of a sign-in or session that went well.
      return new RegExp(`killed processes that PAM modules left behind, last in ${last} ${whose}`);
    case 'asks twenty questions':
      if (profile === 'session' && !['close', 'delete'].includes(stage))
        return /"session-question"/;
      return stage === 'close' || stage === 'delete' ? new RegExp(`${call}: (?!Success).*`) : null;
    case 'fails':
      return stage === 'close' || stage === 'delete' ? new RegExp(`${call}: (?!Success).*`) : null;
    default:
      return null;
  }
}

/** Of the broker's line that has this. */
async function detailOf(text: string, from = 0): Promise<string> {
  const [line] = await product.logged(new RegExp(`^.*${text}.*$`, 'm'), from);
  return String(JSON.parse(line.slice(line.indexOf('{'))).detail);
}

/** The line that the reference finds, then that of leader or watch. */
async function logOf(reference: string | undefined, trace: RegExp | null, from: number) {
  const lines: string[] = [];
  if (reference !== undefined) lines.push(await detailOf(reference, from));
  if (trace !== null) lines.push((await product.logged(trace, from))[0]);
  return lines.join(' · ');
}

function answerTo(text: string, { password }: Account): string {
  return text.replace(/^question (\d+)$/, 'answer-$1').replace(/^Password: $/, password);
}

interface SignInSeen {
  readonly saw: string;
  readonly reference?: string;
}

/** Types whatever is wanted. What PAM says and what the page says of the end. */
async function trySignIn(account: Account, client: WebClient): Promise<SignInSeen> {
  const words: string[] = [];
  try {
    let step = await client.beginSignIn(account.name);
    for (; step.kind === 'prompts'; step = await client.answer(...answersTo(step, account))) {
      words.push(...spoken(step.items));
    }
    return { saw: [...words, ...spoken(step.items), `signed in as ${step.user}`].join(' ') };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { text, reference } = error.problem;
    return { saw: [...words, text].join(' '), reference };
  }
}

function answersTo(step: Prompts, account: Account): [string, Prompts, Uint8Array[]] {
  const asking = step.items.filter(({ style }) => style === 'hidden' || style === 'shown');
  return [account.name, step, asking.map(({ text }) => Buffer.from(answerTo(text, account)))];
}

const spoken = (items: Prompts['items']): string[] =>
  items
    .filter(({ style }) => style === 'info' || style === 'error')
    .map(({ text }) => `“${text.trim()}”`);

async function reached(id: string, states: string): Promise<string> {
  return (await product.logged(new RegExp(`"session-(${states})".*${id}`)))[1]!;
}

/** Without orders any more: looking at the home page has PAM open a session of its own. */
async function outcomeOf(
  { name }: Account,
  client: WebClient,
  id: string,
  states: string,
): Promise<SessionView> {
  await reached(id, states);
  orderNothing(name);
  return (await client.home()).sessions.find((session) => session.id === id)!;
}

function describeSession({ state, problem }: SessionView): string {
  const more = { unclean: texts.session.unclean, stuck: texts.session.stuck } as const;
  const words = problem?.text ?? (state in more ? more[state as keyof typeof more] : '');
  return `${texts.session.states[state]}${words === '' ? '' : `: ${words}`}`;
}

/** Started by somebody who has signed in, with a shell that says who it runs as, and ended; false: it did not start. */
async function trySession(account: Account, client: WebClient) {
  const { id } = await client.startTerminal();
  if ((await reached(id, 'running|failed')) === 'failed') return { id, ran: false };
  const terminal = await client.openTerminal(id, await client.enter(id));
  assert.equal((await terminal.run('id -un')).trim(), account.name);
  terminal.ws.terminate();
  await client.endSession(id);
  return { id, ran: true };
}

describe('a module', { ...ALL_AT_ONCE, concurrency: true }, () => {
  for (const stage of Object.keys(STAGES.login) as Stage[]) {
    for (const fault of FAULTS) {
      test(`signing in, ${stage}: it ${fault.name}`, ALL_AT_ONCE, () =>
        withPerson(async (account) => {
          const client = makeClient();
          const from = product.log.length;
          order('login', account.name, stage, fault);
          const { saw, reference } = await trySignIn(account, client);
          orderNothing(account.name);
          assert.deepEqual(await trySignIn(account, client), {
            saw: `signed in as ${account.name}`,
          });
          client.close();
          traces.push(async () => {
            const trace = traceOf('login', stage, fault, account.name);
            const log = await logOf(reference, trace, from);
            cells.set(keyOf('login', stage, fault), { saw, log });
          });
        }),
      );
    }
  }
  for (const stage of Object.keys(STAGES.session) as Stage[]) {
    for (const fault of FAULTS) {
      test(`a session, ${stage}: it ${fault.name}`, ALL_AT_ONCE, () =>
        withPerson(async (account) => {
          const client = makeClient();
          await trySignIn(account, client);
          await injectInSession(account, client, stage, fault);
          orderNothing(account.name);
          const { id, ran } = await trySession(account, client);
          assert.ok(ran);
          await reached(id, 'ended');
          if (!hanging.some((one) => one.client === client)) client.close();
        }),
      );
    }
  }
});

async function injectInSession(
  account: Account,
  client: WebClient,
  stage: Stage,
  fault: Fault,
): Promise<void> {
  const from = product.log.length;
  const key = keyOf('session', stage, fault);
  // Or nobody would be asked; the account may have been another client's a moment ago.
  const page = await client.openHomePage();
  order('session', account.name, stage, fault);
  const { id, ran } = await trySession(account, client);
  page.terminate();
  if (ran && fault.name === 'hangs') {
    // Until then it may not have read its orders.
    await product.logged(new RegExp(`a module hangs in ${stage}`), from);
    hanging.push({ key, id, account, client });
    return;
  }
  const last = await outcomeOf(account, client, id, 'ended|failed|unclean');
  traces.push(async () => {
    const trace = traceOf('session', stage, fault, account.name);
    const log = await logOf(last.problem?.reference, trace, from);
    cells.set(key, { saw: describeSession(last), log });
  });
}

test('leaders that hang while they close are shown as stuck, until somebody ends them', async () => {
  await product.kill('broker');
  for (const { key, id, account, client } of hanging) {
    const shown = await outcomeOf(account, client, id, 'stuck');
    cells.set(key, { saw: describeSession(shown), log: '' });
  }
  const leaders = listProcesses().filter(({ argv }) => argv[0]?.endsWith('/vestibule-leader'));
  const watches = leaders.map(({ pid }) => pid);
  for (const { pid, parent } of leaders) if (watches.includes(parent)) kill(pid);
  for (const { key, id, account, client } of hanging) {
    assert.match(await detailOf(`"session-stuck".*${id}`), STUCK);
    const last = describeSession(await outcomeOf(account, client, id, 'unclean'));
    const { saw } = cells.get(key)!;
    cells.set(key, { saw: `${saw} Its leader killed: ${last}`, log: '"session-stuck"' });
  }
});

test('the log has the detail', async () => {
  for (const trace of traces) await trace();
});

test('nothing is left: processes, mounts, utmp, cgroups, directories, keys, descriptors', async () => {
  assert.deepEqual([...cells.keys()].sort(), allKeys().sort());
  await agree({ running: new Set(), more: [0, 0], accounts: people, before: machine });
  const helpers = listProcesses().filter(({ argv }) => argv[0] === 'fake-helper');
  assert.deepEqual(helpers, []);
  for (const { client } of hanging) client.close();
  await until(() => countAll() <= descriptors + 3, 'descriptors as at the start');
});

test('the table in the documentation is what was seen', () => {
  const text = fillTable(readFileSync(TABLE, 'utf8'), cells);
  if (process.env.WRITE_TABLE) writeFileSync(TABLE, text);
  assert.equal(readFileSync(TABLE, 'utf8'), text, 'run this test with WRITE_TABLE=1');
});
