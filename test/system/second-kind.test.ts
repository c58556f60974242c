/** A second kind, without a terminal, on the installed product: it survives, is listed and ends as terminals do. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { readProcessState } from '../../src/lib/process-state.ts';
import type { ActiveSession, PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import { bundle } from '../../tools/build-steps/bundle-services.ts';
import type { Account } from '../lib/accounts.ts';
import { agree, type Checked, readBaseline } from '../lib/check-machine.ts';
import { Refused, type Terminal } from '../lib/client.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { listRunning } from '../lib/processes.ts';
import { askBroker, INSTALLED, kill, Product, SERVICES, VESTIBULE } from '../lib/product.ts';
import type { Machine } from '../lib/read-machine.ts';
import { listUtmp } from '../lib/utmp.ts';

const INSTALLED_BROKER = `${INSTALLED}/dist/broker.js`;
const OF_PRODUCT = '/tmp/brokers/of-product.js';
const OF_TWO_KINDS = '/tmp/brokers/of-two-kinds.js';
/** Writes down what PAM is told of each session that opens and closes. */
const NOTE = '/usr/local/bin/note';
const NOTES = '/tmp/notes';
const GATE = '/tmp/gate';

let product: Product;
let account: Account;
let ada: Person;
let machine: Machine;
let marks = 0;
const running = new Set<string>();

before(async () => {
  account = makePrivateAccount('job-ada');
  writeFileSync(NOTE, `#!/bin/sh\necho "$PAM_TYPE $PAM_USER $PAM_TTY" >>${NOTES}\n`, {
    mode: 0o755,
  });
  execFileSync('mkfifo', ['-m', '0666', GATE]);
  preparePam({
    session: [`session required pam_exec.so ${NOTE}`],
    options: ['auth-pam-sessions-close=1'],
  });
  product = await Product.install();
  await bundle('of-two-kinds', 'test/fakes/broker-of-two-kinds.ts', '/tmp/brokers');
  copyFileSync(INSTALLED_BROKER, OF_PRODUCT);
  await product.start();
  machine = await readBaseline([account]);
  await product.stop();
});
beforeEach(async () => {
  copyFileSync(OF_TWO_KINDS, INSTALLED_BROKER);
  rmSync(NOTES, { force: true });
  // Each test begins with short restarts: supervise waits longer after each death.
  await product.start();
  ada = new Person(account);
  assert.equal(await ada.signIn(), null);
});
afterEach(async () => {
  running.clear();
  ada.leave();
  try {
    await endAll();
  } catch (error) {
    await product.wipe();
    throw error;
  }
});
after(() => product?.wipe());

async function endAll(): Promise<void> {
  await askBroker('end-sign-ins', { user: account.name });
  for (const { id } of (await askBroker('active-sessions', {})).sessions) {
    await askBroker('kill-session', { session: id });
  }
  await settle();
  await product.stop();
}

/** Table, processes, utmp, cgroups, sockets, keys and rows agree on what runs. */
function settle(): Promise<Checked> {
  return agree({ running, accounts: [account], before: machine });
}

async function startJob() {
  const { id } = await ada.client!.startSession('job');
  running.add(id);
  const { rows, chains } = await settle();
  const row = rows.find((one) => one.id === id)!;
  return { id, row, chain: chains.get(id)! };
}

/** As a page enters a terminal. */
async function enter(id: SessionId): Promise<Terminal> {
  return ada.client!.openTerminal(id, await ada.client!.enter(id));
}

/** Has the shell run a line. On pipes it echoes nothing. */
async function tell(job: Terminal, line: string): Promise<string> {
  const mark = ++marks;
  type(job, `echo begin-${mark}; ${line}; echo end-${mark}`);
  return (await job.until(new RegExp(`begin-${mark}\n([^]*?)end-${mark}\n`)))[1]!;
}

function type(job: Terminal, line: string): void {
  job.send({ name: 'input', data: Buffer.from(`${line}\n`) });
}

/** pid and start time: no other process has both. */
const identify = (pid: number): string => `${pid} ${readProcessState(pid)!.born}`;

function askCli<T>(...args: readonly string[]): readonly T[] {
  return JSON.parse(execFileSync(VESTIBULE, [...args, '--json'], { encoding: 'utf8' }));
}

/** What root's command line lists of a session and of the PAM session that it runs in. */
function listed(id: SessionId) {
  const session = askCli<ActiveSession>('active-sessions', '--ended').find((one) => one.id === id);
  assert.ok(session, `session ${id} is listed`);
  const pam = askCli<PamSessionView>('pam', 'sessions', '--ended').find(
    (one) => one.id === session.pamSession,
  );
  assert.ok(pam, `its PAM session ${session.pamSession} is listed`);
  assert.notEqual(id as string, pam.id);
  const { kind, state, exitStatus } = session;
  return { kind, state, exitStatus, pam: pam.state, home: pam.home, sessions: pam.sessions };
}
const isRunning = (id: SessionId) => ({
  ...{ kind: 'job', state: 'running', exitStatus: null },
  ...{ pam: 'open', home: false, sessions: [id] },
});

/** The home sessions that have not ended, as root's command line lists them. */
function listHomes(): readonly PamSessionView[] {
  return askCli<PamSessionView>('pam', 'sessions').filter(({ home }) => home);
}

/** Looks at the home page until the home session is open. Its id. */
async function openHome(): Promise<string> {
  while ((await ada.client!.home()).homeSession.state !== 'open');
  const [home] = listHomes();
  return home!.id;
}

function assertHomeIsOpen(id: string): void {
  const homes = listHomes().map((home) => [home.id, home.state, home.sessions]);
  assert.deepEqual(homes, [[id, 'open', []]]);
}

test('it starts by its name, and its program runs as the user without a terminal', async () => {
  const { id, row, chain } = await startJob();
  const { name, kindTitle, tty, pid } = row;
  assert.deepEqual([name, kindTitle, tty, pid], ['Job 1', 'Job', null, chain.program]);
  assert.deepEqual(listed(id), isRunning(id));
  // Field 7 of proc(5) stat.
  const tty_nr = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[4];
  const ends = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\d+/, 'N'));
  assert.deepEqual([tty_nr, ends], ['0', Array(3).fill('pipe:[N]')]);
  assert.equal(readFileSync(NOTES, 'utf8'), `open_session ${account.name} vestibule\n`);
  assert.deepEqual(listUtmp(readFileSync('/run/utmp')), []);
  const job = await enter(id);
  assert.equal(await tell(job, 'id -un; echo $$; tty'), `${account.name}\n${pid}\nnot a tty\n`);
  type(job, 'exit 7');
  await product.logged(new RegExp(`"session-ended".*${id}`));
  const ended = { state: 'ended', exitStatus: 7, pam: 'closed', sessions: [] };
  assert.deepEqual(listed(id), { ...isRunning(id), ...ended });
  assert.match(readFileSync(NOTES, 'utf8'), /\nclose_session job-ada vestibule\n$/);
});

test('while it runs the home session stays open, also when its user is signed in nowhere', async () => {
  const home = await openHome();
  const { id } = await startJob();
  const job = await enter(id);
  type(job, `read -r line <${GATE}; exit 7`);
  const gate = await open(GATE, 'w'); // opens when the shell waits
  await ada.client!.signOutEverywhere();
  await job.closed;
  assertHomeIsOpen(home);
  // A new broker looks which home sessions are still wanted.
  await product.kill('broker');
  await settle();
  assertHomeIsOpen(home);
  assert.deepEqual(listed(id), isRunning(id));
  await gate.close();
  await product.logged(new RegExp(`"pam-session-closed".*${home}`));
  const ended = { state: 'ended', exitStatus: 7, pam: 'closed', sessions: [] };
  assert.deepEqual(listed(id), { ...isRunning(id), ...ended });
  assert.deepEqual(listHomes(), []);
});

/** kill -9, and what was killed serves again. */
const DEATHS: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(SERVICES.map((service) => [service, () => product.kill(service)])),
  supervise: async () => {
    await product.stop('SIGKILL');
    await product.start();
  },
  'all four at once': async () => {
    product.strike(SERVICES);
    await product.stop('SIGKILL');
    await product.start();
  },
};

for (const [what, die] of Object.entries(DEATHS)) {
  test(`it goes on over kill -9 of ${what}, and is entered again`, async () => {
    const home = await openHome();
    const { id, chain } = await startJob();
    const program = identify(chain.program);
    const earlier = await enter(id);
    await tell(earlier, 'KEPT=kept');
    await die();
    const { chains } = await settle();
    assert.deepEqual(chains.get(id), chain);
    assert.equal(identify(chain.program), program);
    assert.deepEqual(listed(id), isRunning(id));
    assertHomeIsOpen(home);
    const job = await enter(id);
    assert.equal(await tell(job, 'echo $KEPT $$'), `kept ${chain.program}\n`);
    earlier.ws.terminate();
    job.ws.terminate();
  });
}

test('with kill -9 of its leader it is unclean, and nothing of it is left', async () => {
  const home = await openHome();
  const { id, chain } = await startJob();
  const job = await enter(id);
  await tell(job, '(setsid sleep 1000 >/dev/null 2>&1 &)');
  assert.ok(listRunning(account.uid).length > 1, 'the shell and what it left to itself');
  kill(chain.leader);
  await product.logged(new RegExp(`"session-unclean".*${id}`));
  running.clear();
  await settle();
  assert.deepEqual(listRunning(account.uid), []);
  const unclean = { state: 'unclean', pam: 'unclean', sessions: [] };
  assert.deepEqual(listed(id), { ...isRunning(id), ...unclean });
  assertHomeIsOpen(home);
});

test('to a broker that does not know its kind it is a session that runs, keeps the home session and ends', async () => {
  const home = await openHome();
  const { id, chain } = await startJob();
  const program = identify(chain.program);
  copyFileSync(OF_PRODUCT, INSTALLED_BROKER);
  await product.kill('broker');
  await settle();
  assert.deepEqual(listed(id), isRunning(id));
  const { sessions } = await ada.client!.home();
  const views = sessions.filter((view) => view.id === id);
  assert.deepEqual(
    views.map(({ name, kindTitle, talk, state }) => [name, kindTitle, talk, state]),
    [['Job 1', 'job', null, 'running']],
  );
  await assert.rejects(ada.client!.startSession('job'), (error: Refused) => {
    assert.ok(error instanceof Refused);
    assert.equal(error.problem.code, 'bad-request');
    return true;
  });
  await ada.client!.signOutEverywhere();
  await product.kill('broker');
  await settle();
  assertHomeIsOpen(home);
  assert.equal(identify(chain.program), program);
  execFileSync(VESTIBULE, ['kill-session', id]);
  await product.logged(new RegExp(`"pam-session-closed".*${home}`));
  running.clear();
  await settle();
  const ended = { state: 'ended', pam: 'closed', sessions: [] };
  assert.deepEqual({ ...listed(id), exitStatus: null }, { ...isRunning(id), ...ended });
});
