/** What is said and done about sessions when the server ends. Leaders are fake: their frames are real. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { type FakeLeader, FakeMachine } from '../fakes/fake-leader.ts';
import { startServer } from '../lib/server.ts';
import { clearMachine, runProgram, UNINSTALL } from '../lib/setup.ts';

const FINISH = [process.execPath, 'tools/start/finish.ts'];
const [ONE, TWO] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];

const SESSION = 'e'.repeat(32);

let machine: FakeMachine;
beforeEach(async () => {
  await clearMachine();
  mkdirSync(PATHS.leaders, { recursive: true });
  machine = await FakeMachine.listen(`${PATHS.run}/rootd-of-test`, PATHS.leaders);
});
afterEach(async () => {
  machine.close();
  await clearMachine();
});

const leadersOf = ({ pid }: FakeMachine): string =>
  `  leaders of sessions that have ended, until the next npm start records it, at most for an hour: ${pid}`;

/** A program runs in it. */
const openWith = (leader: FakeLeader, pamSession: string, user: string, attached = 0) =>
  leader.openAs({ pamSession, user, attached, session: SESSION });

test("the demo's sessions are ended, others are told and left alone", async () => {
  const [demo, other] = [machine.makeLeader(), machine.makeLeader()];
  await openWith(demo, ONE, 'vestibule-demo');
  await openWith(other, TWO, 'anna');
  const { status, lines } = await runProgram(FINISH);
  assert.equal(status, 0);
  assert.equal(demo.phase, 'closed');
  assert.equal(other.phase, 'open');
  assert.deepEqual(lines, [
    'vestibule stopped, sessions still running: 1',
    `  run of anna of anna on /dev/pts/7, since 1970-01-01T00:00:00.000Z (session ${SESSION})`,
    leadersOf(machine),
  ]);
});

test('home sessions without a program are told apart, and two programs of one are two', async () => {
  const [home, shared] = [machine.makeLeader(), machine.makeLeader()];
  await home.openAs({ pamSession: ONE, user: 'anna', closePolicy: 'asked' });
  await shared.openAs({ pamSession: TWO, user: 'berta', closePolicy: 'asked', session: SESSION });
  shared.programs.set('f'.repeat(32), { state: 'running', status: 0 });
  const { lines } = await runProgram(FINISH);
  assert.equal(lines[0], 'vestibule stopped, sessions still running: 2');
  assert.deepEqual(
    lines.slice(1, 3).map((line) => /\((.*)\)$/.exec(line)?.[1]),
    [`session ${SESSION}`, `session ${'f'.repeat(32)}`],
  );
  assert.equal(lines[3], '  PAM sessions that stay open, without a program: anna');
});

test('with --all every session is ended', async () => {
  const leaders = [machine.makeLeader(), machine.makeLeader()];
  await openWith(leaders[0]!, ONE, 'anna');
  await openWith(leaders[1]!, TWO, 'berta', 1);
  const { lines } = await runProgram([...FINISH, '--all']);
  assert.deepEqual(lines, ['vestibule stopped']);
  for (const leader of leaders) assert.equal(leader.phase, 'closed');
});

test('a leader that does not answer is named and does not hold anything up', async () => {
  const mute = machine.makeLeader();
  mute.silent = true;
  await openWith(mute, ONE, 'anna');
  const { status, lines } = await runProgram(FINISH);
  assert.equal(status, 0);
  assert.match(lines.join('\n'), new RegExp(`${ONE}: no hello from '.*' in 2000 ms`));
});

test('a socket whose leader is gone is passed over', async () => {
  const dead = machine.makeLeader();
  await openWith(dead, ONE, 'anna');
  dead.die();
  assert.deepEqual((await runProgram(FINISH)).lines, ['vestibule stopped']);
});

test('uninstall refuses while sessions run, says how many, and --force ends them', async () => {
  await (await startServer()).interrupt();
  const leaders = Array.from({ length: 12 }, () => machine.makeLeader());
  for (const [index, leader] of leaders.entries())
    await openWith(leader, index.toString(16).repeat(32), 'anna');
  const home = machine.makeLeader();
  await home.openAs({ pamSession: 'd'.repeat(32), user: 'anna', closePolicy: 'asked' });
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 1);
  assert.equal(
    lines[0],
    'vestibule: sessions are running: 12; npm run uninstall -- --force ends them:',
  );
  assert.match(lines[1]!, /^ {2}run of anna of anna on \/dev\/pts\/7, since .* \(session e{32}\)$/);
  assert.deepEqual([lines.length, lines.at(-1)], [12, '  and 2 more']);
  for (const leader of [...leaders, home]) assert.equal(leader.phase, 'open');
  assert.equal((await runProgram([...UNINSTALL, '--force'])).status, 0);
  for (const leader of [...leaders, home]) assert.equal(leader.phase, 'closed');
});

test('uninstall goes on where only an idle home session is open', async () => {
  await (await startServer()).interrupt();
  const home = machine.makeLeader();
  await home.openAs({ pamSession: ONE, user: 'anna', closePolicy: 'asked' });
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.equal(home.phase, 'closed');
});

test('a leader that does not answer counts as a session', async () => {
  await (await startServer()).interrupt();
  const mute = machine.makeLeader();
  mute.silent = true;
  await openWith(mute, ONE, 'anna');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 1);
  assert.match(lines[0]!, /^vestibule: sessions are running: 1;/);
});
