import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../protocol/codec.ts';
import { toSession } from '../../protocol/gateway-session.ts';
import { CLOSE_CODES, ENDED_BY, type EndedBy } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { decideAfterClose } from './after-close.ts';
import { describeExit } from './exit-status.ts';
import { inputFrames } from './input-frames.ts';
import { OutputPosition } from './output-position.ts';

test('a new connection asks for what follows the last byte', () => {
  const position = new OutputPosition();
  assert.deepEqual(position.moveTo(0n), { lost: 0n, reset: false });
  position.take(100);
  assert.equal(position.received, 100n);
  assert.deepEqual(position.moveTo(100n), { lost: 0n, reset: false });
});

test('what fell out of the scroll-back is counted as lost', () => {
  const position = new OutputPosition();
  position.take(100);
  assert.deepEqual(position.moveTo(250n), { lost: 150n, reset: false });
  assert.equal(position.received, 250n);
});

test('a stream that is shorter than what came is another one', () => {
  const position = new OutputPosition();
  position.take(100);
  assert.deepEqual(position.moveTo(40n), { lost: 0n, reset: true });
  assert.equal(position.received, 40n);
});

test('after each kind of close', () => {
  const first = { exited: false, joined: false, entered: false };
  const working = { ...first, joined: true };
  const { signedOut, sessionNotFound, sessionEnded, protocol, unavailable } = CLOSE_CODES;
  assert.equal(decideAfterClose({ ...working, code: 1006 }), 'retry');
  assert.equal(decideAfterClose({ ...working, code: unavailable }), 'retry');
  assert.equal(decideAfterClose({ ...first, code: signedOut }), 'enter');
  assert.equal(decideAfterClose({ ...first, code: signedOut, entered: true }), 'signedOut');
  assert.equal(decideAfterClose({ ...working, code: signedOut }), 'signedOut');
  assert.equal(decideAfterClose({ ...first, code: sessionNotFound }), 'gone');
  assert.equal(decideAfterClose({ ...working, code: sessionEnded }), 'ended');
  assert.equal(decideAfterClose({ ...working, code: protocol }), 'broken');
  assert.equal(decideAfterClose({ ...working, code: 1006, exited: true }), 'exited');
});

test('exit status and signal in words', () => {
  assert.match(describeExit(0, null), /exit status 0/);
  assert.match(describeExit(3 << 8, null), /exit status 3/);
  assert.match(describeExit(9, null), /signal 9/);
  assert.match(describeExit(11 | 0x80, null), /signal 11/);
});

test('who had a session ended is said as on the list', () => {
  for (const [endedBy, words] of Object.entries(ENDED_BY) as [EndedBy, string][]) {
    assert.equal(describeExit(1, endedBy), `The session was ${words}.`);
    assert.equal(texts.session.howEnded({ endedBy, exitStatus: 129 }), words);
  }
});

test('a long paste is cut into messages and loses nothing', () => {
  const paste = Uint8Array.from({ length: 40_000 }, (_, index) => index % 251);
  const pieces = [...inputFrames(paste)].map((frame) => {
    const message = decode(toSession, frame);
    assert.equal(message.name, 'input');
    return message.name === 'input' ? [...message.data] : [];
  });
  assert.equal(pieces.length, 3);
  assert.deepEqual(Uint8Array.from(pieces.flat()), paste);
});
