import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameError, FrameStream } from './frame.ts';

const LIMIT = 1000;

function pair() {
  const [near, far] = duplexPair();
  return { frames: new FrameStream(near, LIMIT), near, far };
}

function framed(...payloads: readonly Uint8Array[]): Buffer {
  const header = (size: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(size);
    return bytes;
  };
  return Buffer.concat(payloads.flatMap((payload) => [header(payload.length), payload]));
}

function collect(frames: FrameStream): Promise<{ got: Buffer[]; error: Error | null }> {
  const got: Buffer[] = [];
  return new Promise((resolve) => {
    frames.listen({
      frame: (payload) => got.push(payload),
      close: (error) => resolve({ got, error }),
    });
  });
}

test('frames come out as they went in, however the bytes are cut', async () => {
  const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: LIMIT }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(payloads, fc.integer({ min: 1, max: 700 }), async (sent, cut) => {
      const { frames, far } = pair();
      const all = collect(frames);
      const bytes = framed(...sent);
      for (let at = 0; at < bytes.length; at += cut) far.write(bytes.subarray(at, at + cut));
      far.end();
      const { got, error } = await all;
      assert.equal(error, null);
      assert.deepEqual(
        got.map((frame) => [...frame]),
        sent.map((frame) => [...frame]),
      );
    }),
    { numRuns: 50 },
  );
});

for (const [what, bytes] of [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
  ['a frame one byte too long', framed(new Uint8Array(LIMIT + 1))],
  ['an empty frame', framed(new Uint8Array(0))],
] as const) {
  test(`${what} ends the connection`, async () => {
    const { frames, near, far } = pair();
    const all = collect(frames);
    far.write(bytes);
    const { got, error } = await all;
    assert.ok(error instanceof FrameError);
    assert.deepEqual(got, []);
    assert.ok(near.destroyed);
  });
}

test('frames before a bad one still arrive', async () => {
  const { frames, far } = pair();
  const all = collect(frames);
  far.write(Buffer.concat([framed(Buffer.from('a'), Buffer.from('b')), Buffer.alloc(4)]));
  const { got, error } = await all;
  assert.deepEqual(got.map(String), ['a', 'b']);
  assert.match(error!.message, /a frame of 0 bytes/);
});

test('an end inside a frame is an error', async () => {
  const { frames, far } = pair();
  const all = collect(frames);
  far.end(framed(Buffer.from('abc')).subarray(0, 5));
  assert.match((await all).error!.message, /inside a frame, after 5 bytes/);
});

test('next gives one frame at a time, then null for the end', async () => {
  const { frames, far } = pair();
  far.end(framed(Buffer.from('a'), Buffer.from('b')));
  assert.equal(String(await frames.next()), 'a');
  assert.equal(String(await frames.next()), 'b');
  assert.equal(await frames.next(), null);
});

test('next rejects with the reason of a bad end', async () => {
  const { frames, far } = pair();
  far.write(Buffer.alloc(4));
  await assert.rejects(frames.next(), FrameError);
  await assert.rejects(frames.next(), FrameError);
});

test('frames that came before listen are not lost', async () => {
  const { frames, far } = pair();
  far.end(framed(Buffer.from('hello'), Buffer.from('a'), Buffer.from('b')));
  assert.equal(String(await frames.next()), 'hello');
  assert.deepEqual((await collect(frames)).got.map(String), ['a', 'b']);
});

test('what a handler throws ends the connection', async () => {
  const { frames, far } = pair();
  const closed = new Promise<Error | null>((resolve) => {
    frames.listen({
      frame: () => {
        throw new Error('not a message');
      },
      close: resolve,
    });
  });
  far.write(framed(Buffer.from('a'), Buffer.from('b')));
  assert.equal((await closed)?.message, 'not a message');
});

test('a paused stream gives nothing until it is resumed', async () => {
  const { frames, far } = pair();
  const got: string[] = [];
  let second = () => {};
  const done = new Promise<void>((resolve) => {
    second = resolve;
  });
  frames.listen({
    frame: (payload) => {
      got.push(String(payload));
      if (got.length === 1) frames.pause();
      else second();
    },
    close: () => {},
  });
  far.write(framed(Buffer.from('a'), Buffer.from('b')));
  await new Promise(setImmediate);
  assert.deepEqual(got, ['a']);
  frames.resume();
  await done;
  assert.deepEqual(got, ['a', 'b']);
});

test('frames too long, or empty, are not sent', () => {
  const { frames } = pair();
  assert.throws(() => frames.send(new Uint8Array(LIMIT + 1)), FrameError);
  assert.throws(() => frames.send(new Uint8Array(0)), FrameError);
});

test('sending after the end does nothing', () => {
  const { frames } = pair();
  frames.destroy();
  assert.equal(frames.send(Buffer.from('a')), true);
});
