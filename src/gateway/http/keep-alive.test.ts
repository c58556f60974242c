/** Who is asked whether they live, and who is given up. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import { keepAlive } from './keep-alive.ts';

const EVERY_MS = 1000;

/** As much of a WebSocket as it sees. */
class Socket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  isPaused = false;
  pings = 0;
  terminated = false;
  ping(): void {
    this.pings += 1;
  }
  terminate(): void {
    this.terminated = true;
    this.emit('close');
  }
}

/** tick: its next turn has come. */
function start(t: TestContext): { ws: Socket; tick: () => void } {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const ws = new Socket();
  keepAlive(ws as never, EVERY_MS);
  return { ws, tick: () => t.mock.timers.tick(EVERY_MS) };
}

for (const said of ['pong', 'message']) {
  test(`whose ${said} comes stays; who says nothing until the next turn is ended`, (t) => {
    const { ws, tick } = start(t);
    tick();
    ws.emit(said);
    tick();
    assert.deepEqual([ws.pings, ws.terminated], [2, false]);
    tick();
    assert.equal(ws.terminated, true);
  });
}

test('one that we did not read from is asked once more', (t) => {
  const { ws, tick } = start(t);
  tick();
  ws.isPaused = true;
  tick();
  tick();
  ws.isPaused = false;
  tick();
  assert.equal(ws.terminated, false, 'what it said is not read yet');
  tick();
  assert.equal(ws.terminated, true);
});

test('one that is closed is left alone', (t) => {
  const { ws, tick } = start(t);
  ws.readyState = 3;
  ws.emit('close');
  tick();
  tick();
  assert.deepEqual([ws.pings, ws.terminated], [0, false]);
});
