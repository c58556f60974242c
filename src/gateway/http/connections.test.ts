import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { Failure } from '../problem.ts';
import { Connections } from './connections.ts';

const PROXY = '192.0.2.200';

function start(limits: { connections: number; perNetwork: number }) {
  const clock = { now: 0, monotonic: () => ++clock.now };
  const crowded: (string | null)[] = [];
  const peers = {
    isProxy: (address: string) => address === PROXY,
    clientAddress: ({ headers }: IncomingMessage) => String(headers['x-forwarded-for']),
  };
  const connections = new Connections(limits, peers, clock, (network) => crowded.push(network));
  let ports = 0;
  const open = (remoteAddress: string) => {
    const socket = Object.assign(new EventEmitter(), {
      ...{ remoteAddress, remotePort: ++ports, localAddress: '192.0.2.1', localPort: 443 },
      ended: false,
      destroy: () => {
        socket.ended = true;
        socket.emit('close');
      },
    });
    connections.admit(socket as unknown as Socket);
    return socket;
  };
  const begin = (socket: ReturnType<typeof open>, client = '') =>
    connections.begin({ socket, headers: { 'x-forwarded-for': client } } as never);
  return { crowded, open, begin };
}
type Opened = ReturnType<ReturnType<typeof start>['open']>;
const ended = (sockets: readonly Opened[]): boolean[] => sockets.map((socket) => socket.ended);

test('beyond its share a network’s own longest idle one goes; when all are used the new one is refused', () => {
  const { open, begin, crowded } = start({ connections: 10, perNetwork: 2 });
  const [one, two] = [open('2001:db8::1'), open('2001:db8::2')];
  const other = open('192.0.2.9');
  begin(one)(); // so that two is idle for longer
  const three = open('2001:db8::3');
  assert.deepEqual(ended([one, two, three, other]), [false, true, false, false]);
  begin(one);
  begin(three);
  const four = open('2001:db8::4');
  assert.deepEqual(ended([one, three, four, other]), [false, false, true, false]);
  assert.deepEqual(crowded, Array(2).fill('2001:db8:0:0::/64'));
  assert.equal(open('2001:db8:0:1::4').ended, false, 'another network');
});

test('when all are taken, the idle ones of the greediest go, whoever comes', () => {
  const { open, begin, crowded } = start({ connections: 4, perNetwork: 3 });
  const greedy = ['a', 'a', 'a'].map(open);
  const small = open('b');
  begin(greedy[0]!);
  const c = open('c');
  assert.deepEqual(ended([...greedy, small, c]), [false, true, false, false, false]);
  const d = open('d');
  assert.deepEqual(ended([...greedy, small, c, d]), [false, true, true, false, false, false]);
  assert.deepEqual(crowded, ['a', 'a']);
  // All have one now: the one that is idle longest.
  open('e');
  assert.deepEqual([small.ended, c.ended], [true, false]);
});

test('used ones give way, too, but only to a network that has clearly less', () => {
  const { open, begin, crowded } = start({ connections: 4, perNetwork: 4 });
  const sockets = ['a', 'a', 'a', 'b'].map(open);
  for (const socket of sockets) begin(socket);
  const c = open('c');
  begin(c);
  assert.deepEqual(ended([...sockets, c]), [true, false, false, false, false]);
  const again = open('c');
  assert.equal(again.ended, true, 'two and two would only change places');
  assert.deepEqual(crowded, ['a', 'c']);
  assert.equal(open('a').ended, true);
});

test('a proxy’s connection counts for the client that it serves, and for none when it is idle', () => {
  const { open, begin } = start({ connections: 9, perNetwork: 1 });
  const sockets = [PROXY, PROXY, PROXY].map(open);
  const done = begin(sockets[0]!, '198.51.100.1');
  assert.throws(
    () => begin(sockets[1]!, '198.51.100.1'),
    (error: Failure) => error.code === 'too-many',
  );
  begin(sockets[1]!, '198.51.100.2');
  done();
  done();
  begin(sockets[2]!, '198.51.100.1');
  assert.deepEqual(ended(sockets), [false, false, false]);
});

test('a request on a connection that was ended meanwhile counts for nobody', () => {
  const { open, begin } = start({ connections: 1, perNetwork: 1 });
  const first = open('a');
  const second = open('a');
  begin(first)();
  assert.deepEqual(ended([first, second]), [true, false]);
});
