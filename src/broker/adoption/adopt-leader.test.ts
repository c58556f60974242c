/** If a row already has the process of its leader, /proc is not read again. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type TestContext, test } from 'node:test';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';

/** Records which files of this process in /proc are read from now on. */
function watchProc(t: TestContext): () => string[] {
  const read = t.mock.method(fs, 'readFileSync');
  syncBuiltinESMExports();
  t.after(() => {
    read.mock.restore();
    syncBuiltinESMExports();
  });
  return () =>
    read.mock.calls
      .map(({ arguments: [path] }) => String(path))
      .filter((path) => path.startsWith(`/proc/${process.pid}/`));
}

test('a leader that is found again is the process that its row says', async (t) => {
  const fixture = await startFixture(t);
  fixture.machine.pid = process.pid;
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  const filesRead = watchProc(t);
  const rowOf = () => fixture.broker.pamSessions.listLive()[0]!;
  const before = rowOf();
  await fixture.restart();
  assert.equal(fixture.broker.sessions.find(id)?.state, 'running');
  assert.deepEqual(rowOf(), before);
  assert.deepEqual(filesRead(), []);
});

test('one that its row does not know yet is looked at', async (t) => {
  const fixture = await startFixture(t);
  fixture.machine.pid = process.pid;
  const { ticket } = await fixture.gateway.signIn('slow');
  const start = { ticket, kind: 'terminal', origin: { address: '', userAgent: '' } };
  await fixture.gateway.ask('session-start', start);
  const leader = await fixture.machine.opening.take();
  const filesRead = watchProc(t);
  await fixture.restart(() => leader.openAs({ pamSession: leader.pamSession, user: 'slow' }));
  const [row] = fixture.broker.pamSessions.listLive();
  assert.equal(row?.leader, process.pid);
  assert.notEqual(row?.leaderBorn, 0);
  assert.deepEqual(filesRead(), [`/proc/${process.pid}/stat`]);
});
