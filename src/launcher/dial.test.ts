import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import type { Place, SessionId } from '../protocol/ids.ts';
import { dial } from './dial.ts';

const sessions = mkdtempSync(join(tmpdir(), 'vestibule-dial-'));
const session = 'a'.repeat(32) as SessionId;
const directory = join(sessions, session);
const path = join(directory, 's');
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true, force: true });
});
after(() => rmSync(sessions, { recursive: true }));

async function listen(serve: (socket: Socket) => void): Promise<void> {
  mkdirSync(directory);
  const server = createServer(serve).listen(path);
  servers.push(server);
  await once(server, 'listening');
}

function dialIt(signal = new AbortController().signal, place: Place = 'local') {
  return dial({ place, session }, { signal, sessions });
}

test('bytes go both ways', async () => {
  await listen((socket) => socket.pipe(socket));
  const stream = await dialIt();
  stream.end('any bytes');
  assert.equal(Buffer.concat(await stream.toArray()).toString(), 'any bytes');
});

test('without a socket the error names the path', async () => {
  await assert.rejects(dialIt(), {
    message: `wanted the session at '${path}', got 'connect ENOENT ${path}'`,
  });
});

test('a socket that nobody listens on any more is refused', async () => {
  await listen(() => {});
  renameSync(path, `${path}-kept`); // or its server's end would remove it
  for (const server of servers.splice(0)) server.close();
  renameSync(`${path}-kept`, path);
  await assert.rejects(dialIt(), /wanted the session at '.*', got 'connect ECONNREFUSED/);
});

test('whoever gave up gets no connection, and leaves none', async () => {
  const left = Promise.withResolvers<void>();
  await listen((socket) => void socket.resume().once('close', () => left.resolve()));
  const over = new AbortController();
  const dialled = dialIt(over.signal);
  over.abort();
  await assert.rejects(dialled, /wanted the session at '.*', got 'The operation was aborted'/);
  await left.promise;
});

test('a connection that was made outlives the limit for making it', async () => {
  await listen((socket) => socket.pipe(socket));
  const limit = new AbortController();
  const stream = await dialIt(limit.signal);
  limit.abort();
  stream.write('still here');
  assert.equal(String((await once(stream, 'data'))[0]), 'still here');
  stream.destroy();
});

test('an error that nobody listens for is no uncaught one', async () => {
  await listen((socket) => socket.resume());
  const stream = await dialIt();
  const closed = new Promise((resolve) => stream.once('close', resolve)); // once() of events hears errors
  stream.destroy(new Error('broken'));
  await closed;
});

test('a place that is not known is refused in words', async () => {
  const place = 'cluster' as Place;
  await assert.rejects(dialIt(undefined, place), /'local'\), got the place 'cluster'; restart/);
});
