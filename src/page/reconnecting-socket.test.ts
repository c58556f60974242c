import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconnectingSocket, type SocketState } from './reconnecting-socket.ts';

/** Connections that the test opens and closes, and timers that it runs. */
function setUp(decide: (code: number, opened: boolean) => 'retry' | 'stop' = () => 'retry') {
  const sockets: FakeSocket[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const limits: { run: () => void; ms: number }[] = [];
  const states: SocketState[] = [];
  const came: unknown[] = [];
  const socket = new ReconnectingSocket({
    url: () => 'wss://host/socket',
    onMessage: (data) => came.push(data),
    onClose: decide,
    onState: (state) => states.push(state),
    connect: () => {
      const made = new FakeSocket();
      sockets.push(made);
      return made as unknown as WebSocket;
    },
    later: (run, ms) => timers.push({ run, ms }),
    limit: (run, ms) => limits.push({ run, ms }),
  });
  return { socket, sockets, timers, limits, states, came };
}
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: unknown[] = [];
  closed = false;
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
}

test('comes back after each close, later each time until it has settled', () => {
  const { socket, sockets, timers, states } = setUp();
  for (let round = 0; round < 3; round += 1) {
    sockets.at(-1)!.onclose!({ code: 1006 });
    timers.at(-1)!.run();
  }
  assert.equal(sockets.length, 4);
  assert.ok(timers[2]!.ms >= 500 && timers[0]!.ms <= 250);
  sockets[3]!.onopen!();
  socket.settled();
  sockets[3]!.onclose!({ code: 1006 });
  assert.ok(timers[3]!.ms <= 250);
  assert.deepEqual(states.slice(-3), ['connecting', 'open', 'waiting']);
});

test('says whether the server had taken the connection', () => {
  const seen: [number, boolean][] = [];
  const { sockets, timers } = setUp((code, opened) => {
    seen.push([code, opened]);
    return 'retry';
  });
  sockets[0]!.onclose!({ code: 1006 });
  timers[0]!.run();
  sockets[1]!.onopen!();
  sockets[1]!.onclose!({ code: 4503 });
  assert.deepEqual(seen, [
    [1006, false],
    [4503, true],
  ]);
});

test('a close that is final stays so, whatever the network does', () => {
  const { socket, sockets, timers } = setUp(() => 'stop');
  sockets[0]!.onclose!({ code: 4401 });
  socket.renew();
  socket.tryNow();
  assert.equal(timers.length, 0);
  assert.equal(sockets.length, 1);
  assert.equal(socket.state, 'stopped');
});

test('trying now leaves the timer nothing to do', () => {
  const { socket, sockets, timers } = setUp();
  sockets[0]!.onclose!({ code: 1006 });
  socket.tryNow();
  timers[0]!.run();
  assert.equal(sockets.length, 2);
});

test('a changed network renews an open connection; nothing more comes from the old one', () => {
  const { socket, sockets, came } = setUp();
  sockets[0]!.onopen!();
  socket.renew();
  assert.equal(sockets[0]!.closed, true);
  assert.equal(sockets[0]!.onmessage, null);
  sockets[1]!.onopen!();
  sockets[1]!.onmessage!({ data: 'news' });
  assert.deepEqual(came, ['news']);
});

test('what is sent without a connection is dropped', () => {
  const { socket, sockets } = setUp();
  socket.send(new Uint8Array([1]));
  sockets[0]!.onopen!();
  socket.send(new Uint8Array([2]));
  assert.deepEqual(sockets[0]!.sent, [new Uint8Array([2])]);
});

test('closed until it is resumed', () => {
  const { socket, sockets } = setUp();
  sockets[0]!.onopen!();
  socket.close();
  assert.equal(sockets[0]!.closed, true);
  socket.resume();
  assert.equal(sockets.length, 2);
  socket.resume();
  assert.equal(sockets.length, 2);
});

test('an attempt that gets no answer, or none that is understood, is given up', () => {
  const { socket, sockets, timers, limits, states } = setUp();
  limits[0]!.run();
  assert.equal(sockets[0]!.closed, true);
  assert.equal(states.at(-1), 'waiting');
  timers[0]!.run();
  sockets[1]!.onopen!();
  limits[1]!.run();
  assert.equal(states.at(-1), 'open');
  limits[2]!.run();
  assert.deepEqual([sockets[1]!.closed, states.at(-1)], [true, 'waiting']);
  timers[1]!.run();
  sockets[2]!.onopen!();
  socket.settled();
  for (const limit of limits) limit.run();
  assert.deepEqual([sockets[2]!.closed, states.at(-1), sockets.length], [false, 'open', 3]);
});
