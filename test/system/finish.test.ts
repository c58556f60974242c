/** What is said and done about sessions when the server ends. Leaders are fake: their frames are real. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { FakeMachine } from '../fakes/fake-leader.ts';
import { startServer } from '../lib/server.ts';
import { clearMachine, runProgram, UNINSTALL } from '../lib/setup.ts';

const FINISH = [process.execPath, 'tools/start/finish.ts'];
const [ONE, TWO] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];

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

test("the demo's sessions are ended, others are told and left alone", async () => {
  const [demo, other] = [machine.makeLeader(), machine.makeLeader()];
  await demo.openAs(ONE, 'vestibule-demo', 0);
  await other.openAs(TWO, 'anna', 0);
  const { status, lines } = await runProgram(FINISH);
  assert.equal(status, 0);
  assert.equal(demo.phase, 'closed');
  assert.equal(other.phase, 'open');
  assert.deepEqual(lines, [
    'vestibule stopped, sessions left running: 1',
    `  run of anna of anna on /dev/pts/7, since 1970-01-01T00:00:00.000Z (${TWO})`,
  ]);
});

test('with --all every session is ended', async () => {
  const leaders = [machine.makeLeader(), machine.makeLeader()];
  await leaders[0]!.openAs(ONE, 'anna', 0);
  await leaders[1]!.openAs(TWO, 'berta', 1);
  const { lines } = await runProgram([...FINISH, '--all']);
  assert.deepEqual(lines, ['vestibule stopped']);
  for (const leader of leaders) assert.equal(leader.phase, 'closed');
});

test('a leader that does not answer is named and does not hold anything up', async () => {
  const mute = machine.makeLeader();
  mute.silent = true;
  await mute.openAs(ONE, 'anna', 0);
  const { status, lines } = await runProgram(FINISH);
  assert.equal(status, 0);
  assert.match(
    lines.join('\n'),
    new RegExp(`${ONE}: a leader wanted to answer in 2 s, came nothing`),
  );
});

test('a socket whose leader is gone is passed over', async () => {
  const dead = machine.makeLeader();
  await dead.openAs(ONE, 'anna', 0);
  dead.die();
  assert.deepEqual((await runProgram(FINISH)).lines, ['vestibule stopped']);
});

test('uninstall refuses while sessions run, says how many, and --force ends them', async () => {
  await (await startServer()).interrupt();
  const leaders = Array.from({ length: 12 }, () => machine.makeLeader());
  for (const [index, leader] of leaders.entries())
    await leader.openAs(index.toString(16).repeat(32), 'anna', 0);
  const home = machine.makeLeader();
  home.stays = 1;
  await home.openAs('d'.repeat(32), 'anna', 0, 'open');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 1);
  assert.equal(
    lines[0],
    'vestibule: sessions run here: 12; npm run uninstall -- --force ends them:',
  );
  assert.match(lines[1]!, /^ {2}run of anna of anna on \/dev\/pts\/7, since .* \(0{32}\)$/);
  assert.deepEqual([lines.length, lines.at(-1)], [12, '  and 2 more']);
  for (const leader of [...leaders, home]) assert.equal(leader.phase, 'open');
  assert.equal((await runProgram([...UNINSTALL, '--force'])).status, 0);
  for (const leader of [...leaders, home]) assert.equal(leader.phase, 'closed');
});

test('uninstall goes on where only an idle home session is open', async () => {
  await (await startServer()).interrupt();
  const home = machine.makeLeader();
  home.stays = 1;
  await home.openAs(ONE, 'anna', 0, 'open');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.equal(home.phase, 'closed');
});

test('a leader that does not answer counts as a session', async () => {
  await (await startServer()).interrupt();
  const mute = machine.makeLeader();
  mute.silent = true;
  await mute.openAs(ONE, 'anna', 0);
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 1);
  assert.match(lines[0]!, /^vestibule: sessions run here: 1;/);
});
