/** Bytes that are none of ours, on every one of our sockets: the connection ends, nothing else does. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { LEADER_PROTOCOL_VERSION, PATHS, toLeader } from '../../../src/protocol/broker-leader.ts';
import { encode } from '../../../src/protocol/codec.ts';
import { SESSION_PROTOCOL_VERSION, toSession } from '../../../src/protocol/gateway-session.ts';
import type { PamSessionId, SessionId } from '../../../src/protocol/ids.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Terminal, WebClient } from '../../lib/client.ts';
import {
  connectQuickly,
  logged,
  ownProcesses,
  readLog,
  startWith,
  stopAll,
} from '../../lib/intruder.ts';
import { pamSessionOf } from '../../lib/product.ts';
import type { Server } from '../../lib/server.ts';

let server: Server;
let ada: Account;
let client: WebClient;
let session: SessionId;
let pamSession: PamSessionId;
let terminal: Terminal;
/** What ran before any attack. */
let processes: string;
/** The ends of connections that said one byte and nothing more. */
let silent: readonly Promise<void>[] = [];

/** Services, and the session's own: the session-host's parent is its leader, whose parent is the watch. */
function describeProcesses(): string {
  const all = ownProcesses();
  const host = all.find(({ argv }) => argv[0]!.endsWith('session-host'));
  const leader = all.find(({ pid }) => pid === host?.parent);
  return all
    .filter(({ argv }) => !argv[0]!.endsWith('leader'))
    .concat(leader ?? [], all.find(({ pid }) => pid === leader?.parent) ?? [])
    .map(({ pid, argv }) => `${pid} ${argv[0]}`)
    .join('\n');
}

before(async () => {
  ada = makeAccount('ada-hb');
  server = await startWith();
  client = new WebClient(server.url);
  await client.signIn(ada.name, Buffer.from(ada.password));
  ({ session, terminal } = await client.startShell());
  pamSession = await pamSessionOf(session);
  processes = describeProcesses();
  // An open leader's socket is the broker's own: it may be silent there for days.
  const impatient = targets.filter(({ name }) => name !== 'a leader');
  silent = impatient.map(({ name, open }) => {
    const socket = open();
    socket.write(Buffer.alloc(1));
    return endOf(socket, `${name}, after one byte`, 20_000);
  });
});

after(async () => {
  terminal?.ws.terminate();
  client?.close();
  await stopAll(server);
});

interface Target {
  readonly name: string;
  readonly open: () => Socket;
  /** What a well-behaved peer says first; null: TLS has its own ways. */
  readonly hello: Buffer | null;
  /** Bytes of the longest frame. */
  readonly limit: number;
}

const frame = (payload: Uint8Array, length = payload.length): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  return Buffer.concat([header, payload]);
};
const json = (value: unknown): Buffer => frame(Buffer.from(JSON.stringify(value)));
const greeting = json({ hello: 'vestibule', version: 1 });
const versions = [LEADER_PROTOCOL_VERSION, SESSION_PROTOCOL_VERSION];
const versionBytes = new RegExp(
  // Behind the frame's length, which may be the same number.
  `(?<=^.{4}.*)\0\0\0[${versions.map((at) => String.fromCharCode(at)).join('')}]`,
  's',
);
const toALeader = frame(encode(toLeader, { name: 'hello', version: LEADER_PROTOCOL_VERSION }));
const aKey = { key: new Uint8Array(32), viewer: 0n, from: 0n, rows: 24, columns: 80 };
const toAHost = frame(
  encode(toSession, { name: 'hello', version: SESSION_PROTOCOL_VERSION, ...aKey }),
);

const targets: readonly Target[] = [
  { name: 'home', open: () => connect(9443, '127.0.0.1'), hello: null, limit: 65_536 },
  { name: 'session origin', open: () => connect(9444, '127.0.0.1'), hello: null, limit: 65_536 },
  {
    name: 'rootd',
    open: () => connectQuickly('vestibule', PATHS.rootd),
    hello: toALeader,
    limit: 262_144,
  },
  {
    name: 'a leader',
    open: () => connectQuickly('vestibule', `${PATHS.leaders}/${pamSession}`),
    hello: toALeader,
    limit: 262_144,
  },
  {
    name: 'broker, for the gateway',
    open: () => connectQuickly('vestibule-web', PATHS.brokerForGateway),
    hello: greeting,
    limit: 1_048_576,
  },
  {
    name: 'broker, for the CLI',
    open: () => connectQuickly(null, PATHS.brokerForCli),
    hello: greeting,
    limit: 1_048_576,
  },
  {
    name: 'a session-host',
    open: () => connectQuickly('vestibule-web', `${PATHS.sessions}/${session}/s`),
    hello: toAHost,
    limit: 65_536,
  },
];

/** The same in each run. */
function noise(seed: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
    createHash('sha256').update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

const TLS_HELLO = Buffer.concat([
  Buffer.from('1603010200010001fc0303', 'hex'),
  noise('client hello', 508),
]);

/** All that no socket of ours but the TLS ports has a use for. */
function garbage({ hello, limit }: Target): Record<string, Buffer> {
  const bytes: Record<string, Buffer> = {
    'an HTTP request': Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    'a claimed 4 GB frame': Buffer.from('ffffffff01', 'hex'),
    'an empty frame': Buffer.alloc(5),
    'a frame one byte too long': frame(Buffer.alloc(16, 1), limit + 1),
    'a message of no known type': frame(Buffer.from([0xfe, 1, 2, 3])),
    'random bytes': noise('random', 4096),
    'random bytes in a frame': frame(noise('framed', 512)),
    'deep JSON': frame(Buffer.from('['.repeat(60_000))),
    'JSON that is no object': json([1, 2, 3]),
    'no UTF-8': frame(Buffer.from('7b2268656c6c6f223a22ff22', 'hex')),
  };
  if (hello === null) return bytes;
  return {
    ...bytes,
    'a TLS hello': TLS_HELLO,
    'hello and a byte more': frame(Buffer.concat([hello.subarray(4), Buffer.alloc(1)])),
    'hello of another version': Buffer.from(
      hello
        .toString('latin1')
        .replace('"version":1', '"version":9')
        .replace(versionBytes, '\0\0\0\x09'),
      'latin1',
    ),
    'hello twice, then garbage': Buffer.concat([hello, hello, frame(Buffer.from([0xfe]))]),
    'hello, then a claimed 4 GB frame': Buffer.concat([hello, Buffer.from('ffffffff01', 'hex')]),
    'hello, then random bytes': Buffer.concat([hello, noise('after hello', 512)]),
  };
}

/** When the other side has ended the connection. What it said till then does not matter. */
function endOf(socket: Socket, what: string, withinMs = 8000): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`it keeps the connection: ${what}`)), withinMs);
    socket.on('error', () => {}); // reset while we write
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket.resume();
  });
}

function assertEnds(
  { name, open }: Target,
  what: string,
  bytes: Buffer,
  end = false,
): Promise<void> {
  const socket = open();
  const ended = endOf(socket, `${name}, ${what}`);
  if (end) socket.end(bytes);
  else socket.write(bytes);
  return ended;
}

for (const target of targets) {
  test(`${target.name}: what is none of ours ends the connection`, async () => {
    const cases = Object.entries(garbage(target));
    await Promise.all(cases.map(([what, bytes]) => assertEnds(target, what, bytes)));
  });

  test(`${target.name}: what is cut off anywhere is dropped`, async () => {
    const whole = target.hello ?? TLS_HELLO;
    const sizes = [0, 1, 3, 4, 5, whole.length - 1];
    await Promise.all(
      sizes.map((size) => assertEnds(target, `${size} bytes`, whole.subarray(0, size), true)),
    );
  });
}

test('the log says why, on the side that refused', async () => {
  await logged(/a frame of 4294967295 bytes came, wanted 1 to 1048576/);
  await logged(/a frame of 1195725856 bytes came/); // "GET "
  await logged(/vestibule-leader.*no request came: Message too long/);
  await logged(/vestibule-leader.*refused: there is no such request/);
  await logged(/vestibule-leader.*connection of the broker closed/);
  await logged(/"event":"connection-refused","service":"cli"/);
});

test('inside TLS: requests that are none, and WebSockets that break their rules', async () => {
  const requests = [
    'BREW / HTCPCP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET https://elsewhere.example/ HTTP/1.1\r\nHost: localhost:9443\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost:9443\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    'POST /api/sign-in HTTP/1.1\r\nHost: localhost:9443\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/sign-in HTTP/1.1\r\nHost: localhost:9443\r\nContent-Length: 99999999\r\nOrigin: https://localhost:9443\r\nContent-Type: application/json\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ];
  for (const text of requests) {
    const socket = connectTls({ port: 9443, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => {});
    let answer = '';
    socket.setEncoding('latin1').on('data', (part) => {
      answer += part;
    });
    socket.write(text);
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 4\d\d /, `${text.slice(0, 60)}: ${answer}`);
  }
  const origin = await client.enter(session);
  const withKey = encode(toSession, { name: 'hello', version: SESSION_PROTOCOL_VERSION, ...aKey });
  for (const [message, code] of [
    [Buffer.alloc(0), 4400],
    [Buffer.alloc(70_000, 3), 1009],
    [noise('message', 300), 4400],
    ['text', 4400],
    [withKey, 4400],
  ] as const) {
    const { ws } = await client.openTerminal(session, origin);
    ws.send(message);
    const [came] = await once(ws, 'close');
    assert.equal(came, code, `after ${String(message).slice(0, 20)}`);
  }
  const input = encode(toSession, { name: 'input', data: Buffer.from('rm -rf ~\r') });
  for (const bytes of [Buffer.alloc(0), noise('hello', 300), withKey, input]) {
    const hello = Buffer.from(bytes).toString('hex');
    const ws = client.socket(new URL(`/s/${session}/socket?hello=${hello}`, origin));
    ws.on('error', () => {});
    const [came] = await once(ws, 'close');
    assert.equal(came, 4400, `after ${hello.slice(0, 20)}`);
  }
});

test('a frame that comes byte by byte is taken, and keeps nobody else waiting', async () => {
  const socket = connectQuickly('vestibule', PATHS.rootd);
  socket.setNoDelay(true);
  for (const byte of toALeader.subarray(0, -1)) {
    await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    assert.equal((await client.home()).user, ada.name);
  }
  socket.write(toALeader.subarray(-1));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.equal(answer[4], 2, 'hello comes back');
  socket.destroy();
});

test('who begins a frame and leaves it there is dropped when its time is over', async () => {
  await Promise.all(silent);
  await logged(/no request came: Connection timed out/);
});

test('afterwards the same processes serve: the open terminal, a new sign-in, a new terminal', async () => {
  assert.equal((await terminal.run('echo alive')).trim(), 'alive');
  const other = new WebClient(server.url);
  await other.signIn(ada.name, Buffer.from(ada.password));
  const { id } = await other.startTerminal();
  const fresh = await other.openTerminal(id, await other.enter(id));
  assert.match(await fresh.run('id -un'), /^ada-hb$/m);
  await other.endSession(id);
  await fresh.closed;
  other.close();
  const now = ownProcesses().map(({ pid, argv }) => `${pid} ${argv[0]}`);
  for (const line of processes.split('\n')) assert.ok(now.includes(line), `gone: ${line}`);
  assert.doesNotMatch(readLog(), /ended with signal (11|6|7|8)|Sanitizer|uncaught|internal/);
});
