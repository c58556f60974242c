import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { FrameError, FrameStream } from './frame.ts';
import { BROKER_PROTOCOL_VERSION, MAX_FRAME } from './gateway-broker.ts';
import { greet, parseJson, sendJson } from './json-frame.ts';

test('two ends that greet each other can talk', async () => {
  const [near, far] = duplexPair();
  const [one, two] = await Promise.all([greet(near), greet(far)]);
  sendJson(one, { id: 1, text: 'ä' });
  assert.deepEqual(parseJson((await two.next())!), { id: 1, text: 'ä' });
});

for (const [what, hello, reason] of [
  ['another name', { hello: 'world', version: BROKER_PROTOCOL_VERSION }, /not a hello/],
  ['another version', { hello: 'vestibule', version: 99 }, /version 99, wanted 1/],
  ['a request', { id: 1, type: 'status' }, /not a hello/],
] as const) {
  test(`a hello with ${what} is refused`, async () => {
    const [near, far] = duplexPair();
    sendJson(new FrameStream(far, MAX_FRAME), hello);
    await assert.rejects(greet(near), reason);
    assert.ok(near.destroyed);
  });
}

test('a peer that ends before its hello is refused', async () => {
  const [near, far] = duplexPair();
  far.end();
  await assert.rejects(greet(near), /ended the connection before its hello/);
});

test('a peer that says nothing is refused in time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [near] = duplexPair();
  const greeting = greet(near);
  t.mock.timers.tick(10_000);
  await assert.rejects(greeting, /no hello came/);
});

test('a frame is one JSON object in UTF-8', () => {
  for (const text of ['', 'null', '[]', '"x"', '7', '{', '{} {}', '\ufeff{}']) {
    assert.throws(() => parseJson(Buffer.from(text)), FrameError, text);
  }
  assert.throws(() => parseJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])));
});
