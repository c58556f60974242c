/** Who is asked whether they live, and who is given up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { keepAlive } from './keep-alive.ts';

const EVERY_MS = 1000;

/** Both ends of a connection; tick: our end's next turn has come. */
async function start(t: TestContext, options: ClientOptions = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const browser = new WebSocket(`ws://127.0.0.1:${port}`, options);
  const [[ws]] = await Promise.all([once(server, 'connection'), once(browser, 'open')]);
  t.after(() => {
    ws.terminate();
    server.close();
  });
  t.mock.timers.enable({ apis: ['setInterval'] });
  keepAlive(ws, EVERY_MS);
  return { ws: ws as WebSocket, browser, tick: () => t.mock.timers.tick(EVERY_MS) };
}

test('a browser that answers is asked again and again, and stays', async (t) => {
  const { ws, tick } = await start(t);
  for (let turn = 0; turn < 3; turn++) {
    const answered = once(ws, 'pong');
    tick();
    await answered;
  }
  assert.equal(ws.readyState, WebSocket.OPEN);
});

test('one that says something else stays; one that says nothing until the next turn is ended', async (t) => {
  const { ws, browser, tick } = await start(t, { autoPong: false });
  tick();
  browser.send('something');
  await once(ws, 'message');
  tick();
  assert.equal(ws.readyState, WebSocket.OPEN);
  const closed = once(browser, 'close');
  tick();
  assert.equal((await closed)[0], 1006);
});

test('one that we did not read from is asked once more', async (t) => {
  const { ws, browser, tick } = await start(t, { autoPong: false });
  tick();
  ws.pause();
  tick();
  tick();
  ws.resume();
  tick();
  assert.equal(ws.readyState, WebSocket.OPEN, 'what it said is not read yet');
  const closed = once(browser, 'close');
  tick();
  assert.equal((await closed)[0], 1006);
});

test('one that is closed is left alone', async (t) => {
  const { ws, browser, tick } = await start(t);
  const pings = t.mock.method(ws, 'ping');
  const ends = t.mock.method(ws, 'terminate');
  browser.close();
  await once(ws, 'close');
  tick();
  tick();
  assert.deepEqual([pings.mock.callCount(), ends.mock.callCount()], [0, 0]);
});
