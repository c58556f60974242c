import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { decode, encode, type MessageOf } from '../protocol/codec.ts';
import { FrameStream } from '../protocol/frame.ts';
import {
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../protocol/gateway-session.ts';
import { type Joined, joinSession } from './join-session.ts';

const viewer = { key: new Uint8Array(32).fill(7), viewer: 9n, from: 5n, rows: 24, columns: 80 };
const version = SESSION_PROTOCOL_VERSION;
const hello = {
  name: 'hello',
  version,
  taken: 1n,
  from: 5n,
  seen: 2n,
  rows: 3,
  columns: 4,
} as const;

/** near: the viewer's end. */
function join(signal = new AbortController().signal): {
  readonly joined: Promise<Joined>;
  readonly near: Duplex;
  readonly far: Duplex;
} {
  const [near, far] = duplexPair();
  return { joined: joinSession(near, viewer, signal), near, far };
}

function framed(message: MessageOf<typeof fromSession>): Buffer {
  const payload = encode(fromSession, message);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

test('the key goes first, then the session-host’s hello comes, and nothing behind it is lost', async () => {
  const { joined, far } = join();
  const first = await new FrameStream(far, MAX_SESSION_FRAME).next();
  assert.deepEqual(decode(toSession, new Uint8Array(first!)), {
    name: 'hello',
    version,
    ...viewer,
  });
  far.write(Buffer.concat([framed(hello), framed({ name: 'exit', status: 7 })]));
  const { frames, hello: came } = await joined;
  assert.deepEqual(came, hello);
  assert.deepEqual(decode(fromSession, (await frames.next())!), { name: 'exit', status: 7 });
});

for (const [what, bytes, why] of [
  ['an HTTP answer', 'HTTP/1.1 200 OK\r\n\r\n', /a frame of \d+ bytes came/],
  ['zeros', Buffer.alloc(64), /a frame of 0 bytes came/],
  ['a frame of no message', Buffer.from([0, 0, 0, 1, 99]), /no message of type 99/],
  ['half a hello', Buffer.from([0, 0, 0, 3, 2, 0, 0]), /hello\.version: wants 4 bytes/],
  [
    'output',
    framed({ name: 'output', data: Buffer.from('x') }),
    /hello of version 3, got the message 'output'/,
  ],
  ['another version', framed({ ...hello, version: 99 }), /of version 3, got version 99; start/],
] as const) {
  test(`${what} instead of a hello is an error that ends the connection`, async () => {
    const { joined, near, far } = join();
    far.write(bytes);
    await assert.rejects(joined, why);
    assert.ok(near.destroyed);
  });
}

test('a session-host that closes at once is an error', async () => {
  const { joined, far } = join();
  far.resume().end();
  await assert.rejects(
    joined,
    /wanted a session-host's hello of version \d+, got the end of the connection; the log/,
  );
});

test('an end inside the hello is an error', async () => {
  const { joined, far } = join();
  far.end(framed(hello).subarray(0, 9));
  await assert.rejects(joined, /the peer ended inside a frame, after 9 bytes/);
});

test('a connection that is destroyed meanwhile is an error, with its reason', async () => {
  const { joined, near } = join();
  near.destroy();
  await assert.rejects(joined, /got the end of the connection/);
  const broken = join();
  broken.near.destroy(new Error('ECONNRESET'));
  await assert.rejects(broken.joined, /ECONNRESET/);
});

test('one that says nothing, or half of it, is given up when the time is over', async () => {
  for (const said of [Buffer.alloc(0), framed(hello).subarray(0, -1)]) {
    const limit = new AbortController();
    const { joined, near, far } = join(limit.signal);
    far.write(said);
    limit.abort(new Error('time is over'));
    await assert.rejects(joined, /time is over/);
    assert.ok(near.destroyed);
  }
});

test('when the time is over already nothing is sent', async () => {
  const { joined, near, far } = join(AbortSignal.abort(new Error('too late')));
  await assert.rejects(joined, /too late/);
  assert.ok(near.destroyed);
  assert.equal(far.readableLength, 0);
});

test('a limit that ends after the hello leaves the connection', async () => {
  const limit = new AbortController();
  const { joined, near, far } = join(limit.signal);
  far.write(framed(hello));
  await joined;
  limit.abort();
  assert.ok(!near.destroyed);
});
