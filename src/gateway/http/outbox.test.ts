import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { MESSAGE_COST, Outbox } from './outbox.ts';

/** A browser that takes messages only when the test says so. */
function start(limit: number) {
  const waits: { readonly message: string; readonly sent: () => void }[] = [];
  const ws = {
    ...{ OPEN: 1, readyState: 1 },
    send: (message: Uint8Array | string, sent: () => void) =>
      waits.push({ message: Buffer.from(message).toString(), sent }),
  };
  const outbox = new Outbox(ws as unknown as WebSocket, limit);
  return { ws, outbox, waits, take: () => waits.shift()?.sent() };
}

test('a message costs more than its bytes; a full outbox says when half of it has gone', () => {
  const { outbox, waits, take } = start(4 * MESSAGE_COST);
  let rooms = 0;
  outbox.room = () => {
    rooms += 1;
  };
  while (!outbox.full) outbox.send('x');
  assert.equal(waits.length, 4);
  take();
  assert.deepEqual([outbox.full, rooms], [true, 0], 'not with every message that goes');
  take();
  take();
  assert.deepEqual([outbox.full, rooms], [false, 1]);
  take();
  assert.equal(rooms, 1);
});

test('a thousand questions while an answer waits have one more answer', () => {
  const { outbox, waits, take } = start(4096);
  const answer = Buffer.from('alive');
  for (let asked = 0; asked < 1000; asked += 1) outbox.answer(answer);
  assert.equal(waits.length, 1);
  take();
  assert.deepEqual(
    waits.map(({ message }) => message),
    ['alive'],
  );
  take();
  assert.equal(waits.length, 0);
  outbox.answer(answer);
  assert.equal(waits.length, 1);
});

test('to a socket that closes nothing is sent, and nothing waits', () => {
  const { ws, outbox, waits } = start(0);
  ws.readyState = 2;
  outbox.send('late');
  assert.deepEqual([waits.length, outbox.full], [0, false]);
});
