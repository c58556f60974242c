/**
 * auth-pam-sessions-close, with the modules of the machine's su: the table of docs/decisions/0036. A program that
 * pam_exec runs records each opening and closing.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { Account } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { configure, makeProfile } from '../lib/leader/machine.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { listProcesses } from '../lib/processes.ts';
import { askBroker, kill, Product, pamSessionOf, until, VESTIBULE } from '../lib/product.ts';

const VALUES = ['0', '1', 'last'] as const;
type Value = (typeof VALUES)[number];

let product: Product;
let account: Account;
let ada: Person;
let directory: string;

before(async () => {
  account = makePrivateAccount('close-ada');
  preparePam();
  product = await Product.install();
  directory = mkdtempSync('/run/close-test-');
  const program = join(directory, 'record');
  writeFileSync(program, `#!/bin/sh\necho "$PAM_TYPE $PAM_TTY" >>${directory}/record.txt\n`);
  chmodSync(program, 0o755);
  makeProfile('close-test', ['@include su', `session optional pam_exec.so ${program}`]);
});
afterEach(async () => {
  ada?.leave();
  await product.wipe();
});
after(async () => {
  await product?.wipe();
  rmSync(directory, { recursive: true, force: true });
});

async function start(value: Value): Promise<void> {
  configure([
    'auth-pam-profile=test-login',
    'auth-pam-sessions-profile=close-test',
    `auth-pam-sessions-close=${value}`,
  ]);
  writeFileSync(join(directory, 'record.txt'), '');
  await product.start();
  ada = new Person(account);
  assert.equal(await ada.signIn(), null);
}

/** What modules still hold: how often more they were opened than closed. */
function countHeld(): number {
  const text = readFileSync(join(directory, 'record.txt'), 'utf8');
  const count = (what: string) => text.split(`${what} /dev/pts/`).length - 1;
  return count('open_session') - count('close_session');
}

/** Each leader has a watch. */
function countLeaders(): number {
  return listProcesses().filter(({ argv }) => argv[0]?.endsWith('/vestibule-leader')).length / 2;
}

function who(): string {
  return execFileSync('who', { encoding: 'utf8' });
}

async function listPam(): Promise<readonly PamSessionView[]> {
  return (await askBroker('pam-sessions', {})).pamSessions;
}

/** So many PAM sessions are open, listed and held; of so many programs run. */
async function agreeOn(open: number, running: number, held = open): Promise<void> {
  await until(() => countLeaders() === open, `${open} leaders, there are ${countLeaders()}`);
  assert.equal(countHeld(), held);
  // After the death of a leader the broker looks for it for a second.
  const deadline = performance.now() + 10_000;
  let rows = await listPam();
  while (rows.length !== open && performance.now() < deadline) rows = await listPam();
  assert.deepEqual(
    [rows.length, rows.filter(({ sessions }) => sessions.length > 0).length],
    [open, running],
  );
  assert.equal(
    who()
      .split('\n')
      .filter((line) => line.startsWith(account.name)).length,
    running,
  );
  const { idle, sessions } = await askBroker('active-sessions', {});
  assert.deepEqual([idle, sessions.length], [open - running, running]);
}

type Shell = Awaited<ReturnType<NonNullable<Person['client']>['startShell']>>;

async function leave({ terminal }: Shell): Promise<void> {
  terminal.send({ name: 'input', data: Buffer.from('exit\r') });
  await terminal.closed;
  await untilEnded();
}

/** So many sessions are left, and run. */
async function untilEnded(left = 0): Promise<void> {
  for (;;) {
    const { sessions } = await askBroker('active-sessions', {});
    if (sessions.length === left && sessions.every(({ state }) => state === 'running')) return;
  }
}

for (const value of VALUES) {
  const stays = value === '1' ? 0 : 1;

  test(`close=${value}: one session; a restart of the broker in between`, async () => {
    await start(value);
    await leave(await ada.client!.startShell());
    await agreeOn(stays, 0);
    await product.kill('broker');
    await agreeOn(stays, 0);
    const views = (await ada.client!.home()).pamSessions;
    assert.deepEqual(
      views.map(({ name, closing }) => [name, closing]),
      stays === 1 ? [['Terminal 1', false]] : [],
    );
  });

  test(`close=${value}: the program ends while there is no broker`, async () => {
    await start(value);
    const { terminal } = await ada.client!.startShell();
    const from = product.strike(['broker']);
    terminal.send({ name: 'input', data: Buffer.from('exit\r') });
    await product.serving(from, ['broker']);
    await untilEnded();
    await agreeOn(stays, 0);
  });

  test(`close=${value}: two sessions`, async () => {
    await start(value);
    const [one, two] = [await ada.client!.startShell(), await ada.client!.startShell()];
    await agreeOn(2, 2);
    one.terminal.send({ name: 'input', data: Buffer.from('exit\r') });
    await one.terminal.closed;
    await untilEnded(1);
    await agreeOn(1 + stays, 1);
    await leave(two);
    await agreeOn(2 * stays, 0);
    const third = await ada.client!.startShell();
    // The next one replaces them, or is one more.
    await agreeOn(value === 'last' ? 3 : 1, 1);
    await leave(third);
  });

  test(`close=${value}: signed out before the program ends`, async () => {
    await start(value);
    const { session } = await ada.client!.startShell();
    const { sessions } = await askBroker('active-sessions', {});
    const { pid } = sessions.find(({ id }) => id === session)!;
    await ada.signOut();
    await agreeOn(1, 1);
    kill(pid, 'SIGHUP');
    await untilEnded();
    await agreeOn(value === '0' ? 1 : 0, 0);
  });

  test(`close=${value}: signed out after the program has ended`, async () => {
    await start(value);
    await leave(await ada.client!.startShell());
    await product.kill('broker');
    await ada.signOut();
    await agreeOn(value === '0' ? 1 : 0, 0);
  });

  test(`close=${value}: kill-session, force-suspend-session, force-suspend-all`, async () => {
    await start(value);
    const one = await ada.client!.startShell();
    const says = (...args: string[]) => execFileSync(VESTIBULE, args, { encoding: 'utf8' });
    const kept = stays === 1 ? 'stays open' : 'is closed';
    assert.match(
      says('kill-session', one.session),
      new RegExp(`has ended; its PAM session ${kept}\n$`),
    );
    await agreeOn(stays, 0);
    const two = await ada.client!.startShell();
    const forced = says('force-suspend-session', two.session);
    assert.equal(forced, `session ${two.session} has ended; its PAM session is closed\n`);
    await agreeOn(value === 'last' ? 1 : 0, 0);
    await ada.client!.startShell();
    const all = value === 'last' ? '2 PAM sessions' : '1 PAM session';
    assert.equal(says('force-suspend-all'), `1 session ended, ${all} closed\n`);
    await agreeOn(0, 0);
  });

  test(`close=${value}: the program is killed`, async () => {
    await start(value);
    await ada.client!.startShell();
    const [active] = (await askBroker('active-sessions', {})).sessions;
    kill(active!.pid);
    await untilEnded();
    await agreeOn(stays, 0);
  });

  test(`close=${value}: the leader is killed, with and without a program`, async () => {
    await start(value);
    await ada.client!.startShell();
    const [pam] = await listPam();
    kill(pam!.leader);
    await untilEnded();
    // Nobody closed it: what its modules have is left, in the table it is unclean.
    await agreeOn(0, 0, 1);
    await leave(await ada.client!.startShell());
    await agreeOn(stays, 0, 1 + stays);
    for (const { leader } of await listPam()) kill(leader);
    await agreeOn(0, 0, 1 + stays);
  });
}

test('its user closes it by the page’s request; root by pam close; others find nothing', async () => {
  await start('0');
  const shells = [await ada.client!.startShell(), await ada.client!.startShell()];
  const ids = await Promise.all(shells.map(({ session }) => pamSessionOf(session)));
  for (const { terminal } of shells) {
    terminal.send({ name: 'input', data: Buffer.from('exit\r') });
    await terminal.closed;
  }
  await untilEnded();
  await agreeOn(2, 0);
  const listed = execFileSync(VESTIBULE, ['pam', 'sessions'], { encoding: 'utf8' });
  assert.match(listed, /idle, was for 'Terminal 1'/);
  const path = `/api/pam-sessions/${ids[0]}/close`;
  assert.equal((await ada.client!.ask('POST', path)).status, 202);
  await agreeOn(1, 0);
  execFileSync(VESTIBULE, ['pam', 'close', ids[1]!]);
  await agreeOn(0, 0);
});
