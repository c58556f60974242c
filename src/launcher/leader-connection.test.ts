import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EMPTY_HELLO } from '../../test/fakes/empty-hello.ts';
import { FakeMachine } from '../../test/fakes/fake-leader.ts';
import { fromLeader, LEADER_PROTOCOL_VERSION } from '../protocol/broker-leader.ts';
import { encode } from '../protocol/codec.ts';
import { connectLeader } from './leader-connection.ts';

function makeDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-leader-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A socket whose listener does as it likes. */
async function listen(context: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const path = join(makeDirectory(context), 's');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  context.after(() => server.close());
  return path;
}

const framed = (payload: Uint8Array) =>
  Buffer.concat([Buffer.from([0, 0, 0, payload.length]), payload]);

test('a leader says what it is', async (t) => {
  const directory = makeDirectory(t);
  const machine = await FakeMachine.listen(join(directory, 'rootd'), directory);
  t.after(() => machine.close());
  const leader = await connectLeader(join(directory, 'rootd'));
  assert.deepEqual([leader.hello.phase, leader.hello.pamSession], [0, '']);
  leader.destroy();
});

test('what a leader says is taken one by one, and its end is told', async (t) => {
  const path = await listen(t, (socket) => {
    const said = [EMPTY_HELLO, { name: 'checked' }, { name: 'closed' }] as const;
    socket.end(Buffer.concat(said.map((message) => framed(encode(fromLeader, message)))));
  });
  const leader = await connectLeader(path);
  t.after(() => leader.destroy());
  assert.deepEqual(await leader.next(), { name: 'checked' });
  assert.deepEqual(await leader.next(), { name: 'closed' });
  assert.equal(await leader.next(), null);
});

test('no socket is absent, a file without a listener is deaf', async (t) => {
  const directory = makeDirectory(t);
  await assert.rejects(connectLeader(join(directory, 's')), {
    kind: 'absent',
    code: 'ENOENT',
  });
  writeFileSync(join(directory, 's'), '');
  await assert.rejects(connectLeader(join(directory, 's')), { kind: 'deaf' });
});

test('a connection that is closed before the hello was refused', async (t) => {
  const path = await listen(t, (socket) => socket.destroy());
  await assert.rejects(connectLeader(path), { kind: 'refused' });
});

test('a leader without a word is silent', async (t) => {
  const path = await listen(t, (socket) => t.after(() => socket.destroy()));
  await assert.rejects(connectLeader(path, 20), { kind: 'silent', message: /no hello/ });
});

test('another version, another message and no message at all are silent', async (t) => {
  const newer = { ...EMPTY_HELLO, version: 9 };
  for (const [payload, reason] of [
    [encode(fromLeader, newer), new RegExp(`speaks version 9, wanted ${LEADER_PROTOCOL_VERSION}`)],
    [encode(fromLeader, { name: 'closed' }), /is 'closed', wanted hello/],
    [Buffer.from('nonsense'), /no message of type/],
  ] as const) {
    const path = await listen(t, (socket) => socket.write(framed(payload)));
    await assert.rejects(connectLeader(path), { kind: 'silent', message: reason });
  }
});
