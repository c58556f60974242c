/** The terminal socket: hello, splice, backpressure, and every way it ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ENDED_SESSION, FAKE_SESSION, SESSION_KEY } from '../../../test/fakes/fake-broker.ts';
import type { FakeViewer } from '../../../test/fakes/fake-session-host.ts';
import {
  type Fixture,
  type LogLine,
  startFixture,
  type TestSocket,
} from '../../../test/fakes/gateway-fixture.ts';
import { Mailbox } from '../../../test/fakes/mailbox.ts';
import { decode, encode, type MessageOf } from '../../protocol/codec.ts';
import {
  fromSession,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../protocol/gateway-session.ts';
import { type Hello, writeHello } from '../../protocol/socket-hello.ts';

const asked = { viewer: 7n, from: 5n, rows: 24, columns: 80 };
const query = writeHello(asked);
const path = `/s/${FAKE_SESSION}/socket${query}`;
const hello: Hello = {
  ...{ name: 'hello', version: SESSION_PROTOCOL_VERSION, key: new Uint8Array(), ...asked },
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

function say(socket: TestSocket, message: MessageOf<typeof toSession>): void {
  socket.ws.send(encode(toSession, message));
}

async function hear(socket: TestSocket): Promise<MessageOf<typeof fromSession>> {
  return decode(fromSession, await socket.messages.take());
}

/** A terminal page of alice's, joined. */
async function openPage(
  gateway: Fixture,
  cookie?: string,
): Promise<{ page: TestSocket; viewer: FakeViewer }> {
  const pass = cookie ?? (await gateway.enter(await gateway.signIn('alice')));
  const page = gateway.socket(path, { side: 'session', cookie: pass });
  const viewer = await gateway.host.viewers.take();
  assert.equal((await hear(page)).name, 'hello');
  return { page, viewer };
}

test('the page’s hello gets the key; then bytes go both ways as they are', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  assert.deepEqual(
    { ...viewer.hello, key: Buffer.from(viewer.hello.key) },
    { ...hello, key: SESSION_KEY },
  );
  viewer.send({ name: 'output', data: Buffer.from('$ ') });
  const output = await hear(page);
  assert.equal(output.name === 'output' && text(output.data), '$ ');
  say(page, { name: 'input', data: Buffer.from('id\n') });
  say(page, { name: 'resize', rows: 10, columns: 20 });
  say(page, { name: 'eof' });
  say(page, { name: 'signal', number: 2 });
  const input = await viewer.messages.take();
  assert.equal(input.name === 'input' && text(input.data), 'id\n');
  assert.deepEqual(await viewer.messages.take(), { name: 'resize', rows: 10, columns: 20 });
  assert.deepEqual(await viewer.messages.take(), { name: 'eof' });
  assert.deepEqual(await viewer.messages.take(), { name: 'signal', number: 2 });
});

test('a page that asks whether the connection lives hears it, the session-host does not', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  say(page, { name: 'check' });
  say(page, { name: 'input', data: Buffer.from('x') });
  assert.deepEqual(await hear(page), { name: 'alive' });
  assert.equal((await viewer.messages.take()).name, 'input');
});

test('what the page types before the session-host answers is not lost', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  await gateway.order({ order: 'hold', type: 'session-dial' });
  const page = gateway.socket(path, { side: 'session', cookie });
  await once(page.ws, 'open');
  for (const key of 'early') say(page, { name: 'input', data: Buffer.from(key) });
  await gateway.asked('session-dial');
  await gateway.order({ order: 'release' });
  const viewer = await gateway.host.viewers.take();
  for (const key of 'early') {
    const message = await viewer.messages.take();
    assert.equal(message.name === 'input' && text(message.data), key);
  }
});

test('the program’s end is the session’s: exit, then the page is told', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  viewer.send({ name: 'output', data: Buffer.from('bye') });
  viewer.send({ name: 'exit', status: 256 });
  viewer.frames.end();
  assert.equal((await hear(page)).name, 'output');
  assert.deepEqual(await hear(page), { name: 'exit', status: 256 });
  assert.equal(await page.closed, 4410);
});

test('who had the session ended is told with its end', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  await gateway.order({ order: 'sessions', user: 'alice', endedBy: 'administrator' });
  viewer.send({ name: 'exit', status: 1 });
  viewer.frames.end();
  const [code, reason] = (await once(page.ws, 'close')) as [number, Buffer];
  assert.deepEqual([code, String(reason)], [4410, 'administrator']);
});

test('a viewer that was only dropped may come back', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const { page, viewer } = await openPage(gateway, cookie);
  viewer.frames.destroy();
  assert.equal(await page.closed, 4503);
  await openPage(gateway, cookie);
});

test('a page that goes away leaves the session-host', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  page.ws.terminate();
  await viewer.closed;
});

test('revocation closes both sides at once', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  await gateway.order({ order: 'revoke', user: 'alice' });
  await viewer.closed;
  assert.equal(await page.closed, 4401);
});

test('revocation right behind the answer to the dial wins', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const obey = [{ order: 'revoke', user: 'alice' }] as const;
  await gateway.order({ order: 'after', type: 'session-dial', obey });
  const page = gateway.socket(path, { side: 'session', cookie });
  assert.equal(await page.closed, 4401);
});

test('a revocation while the broker was away is caught up; the others go on without it', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  await gateway.killBroker();
  viewer.send({ name: 'output', data: Buffer.from('still here') });
  assert.equal((await hear(page)).name, 'output');
  await gateway.restartBroker();
  await gateway.asked('session-dial');
  await gateway.asked('session-dial');
  viewer.send({ name: 'output', data: Buffer.from('and now') });
  assert.equal((await hear(page)).name, 'output');

  await gateway.order({ order: 'forget', user: 'alice' });
  await gateway.killBroker();
  await gateway.restartBroker();
  assert.equal(await page.closed, 4401);
  await viewer.closed;
});

test('a pass of another version is none, and the broker is not asked', async (t) => {
  const gateway = await startFixture(t);
  const pass = await gateway.enter(await gateway.signIn('alice'));
  for (const prefix of ['', '0.', '2.', '1']) {
    const cookie = pass.replace('=1.', `=${prefix}`);
    const page = gateway.socket(path, { side: 'session', cookie });
    assert.equal(await page.closed, 4401);
  }
  assert.equal(gateway.countAsked('session-dial'), 0);
});

test('one session’s pass opens no other session, and none of another user', async (t) => {
  const gateway = await startFixture(t);
  const pass = await gateway.enter(await gateway.signIn('alice'));
  const bob = await gateway.signIn('bob');
  const ticketAsPass = bob.replace('__Host-Http-vestibule-ticket', '__Secure-vestibule-session');
  for (const [session, cookie, code] of [
    [ENDED_SESSION, pass, 4404],
    ['b'.repeat(32), pass, 4404],
    [FAKE_SESSION, ticketAsPass, 4401],
    [FAKE_SESSION, bob, 4401],
    [FAKE_SESSION, '__Secure-vestibule-session=short', 4401],
    [FAKE_SESSION, undefined, 4401],
  ] as const) {
    const options = { side: 'session', ...(cookie && { cookie }) } as const;
    const page = gateway.socket(`/s/${session}/socket${query}`, options);
    assert.equal(await page.closed, code, `${session} ${cookie}`);
  }
  assert.equal(gateway.host.viewers.all.length, 0);
});

test('an address without a good hello, and messages that no page may send, close it', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const wrong = [
    Uint8Array.of(99),
    encode(toSession, { name: 'eof' }),
    encode(toSession, { ...hello, version: 99 }),
    encode(toSession, { ...hello, key: new Uint8Array(32) }),
    encode(toSession, hello).subarray(0, 8),
  ].map((bytes) => `?hello=${Buffer.from(bytes).toString('hex')}`);
  const forms = ['', '?hello=', '?hello=0', `${query}&hello=01`, query.toUpperCase()];
  for (const other of [...wrong, ...forms]) {
    const address = `/s/${FAKE_SESSION}/socket${other}`;
    const page = gateway.socket(address, { side: 'session', cookie });
    assert.equal(await page.closed, 4400, other);
  }
  assert.equal(gateway.countAsked('session-dial'), 0);
  for (const later of ['text', new Uint8Array(), Uint8Array.of(2), encode(toSession, hello)]) {
    const { page, viewer } = await openPage(gateway, cookie);
    page.ws.send(later);
    assert.equal(await page.closed, 4400, String(later));
    await viewer.closed;
    assert.equal(viewer.messages.all.length, 0);
  }
  const { page } = await openPage(gateway, cookie);
  page.ws.send(new Uint8Array(65_537));
  assert.equal(await page.closed, 1009);
});

test('an ended session, no session-host, no broker: each has its code', async (t) => {
  const gateway = await startFixture(t);
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const dial = () => gateway.socket(path, { side: 'session', cookie }).closed;
  rmSync(gateway.sessionSocket());
  assert.equal(await dial(), 4503);
  await gateway.killBroker();
  assert.equal(await dial(), 4503);
});

const isFailure = ({ event }: LogLine): boolean => event === 'request failed';

for (const [what, answer, detail, limits] of [
  ['nothing', (socket: Socket) => socket.resume(), /aborted due to timeout/, { dialMs: 50 }],
  ['an end', (socket: Socket) => socket.destroy(), /session not joined: wanted a session-host/, {}],
  ['HTTP', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), /a frame of \d+ bytes/, {}],
  ['its own hello', (socket: Socket) => socket.pipe(socket), /no message of type 1$/, {}],
] as const) {
  test(`when a session answers ${what} the page may come back`, async (t) => {
    const gateway = await startFixture(t, limits);
    const cookie = await gateway.enter(await gateway.signIn('alice'));
    await gateway.replaceHost(t, (socket) => answer(socket.on('error', () => {})));
    const page = gateway.socket(path, { side: 'session', cookie });
    assert.equal(await page.closed, 4503);
    assert.equal(page.messages.all.length, 0);
    const line = await gateway.logged.take(isFailure);
    assert.match(String(line.fields.detail), detail);
  });
}

test('revocation does not wait for a session-host that says nothing', async (t) => {
  const gateway = await startFixture(t, { dialMs: 600_000 });
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const greeted = new Mailbox<Socket>();
  await gateway.replaceHost(t, (socket) => socket.once('data', () => greeted.put(socket)));
  const page = gateway.socket(path, { side: 'session', cookie });
  const socket = await greeted.take();
  await gateway.order({ order: 'revoke', user: 'alice' });
  assert.equal(await page.closed, 4401);
  if (!socket.closed) await once(socket, 'close');
  assert.deepEqual(gateway.logged.all.filter(isFailure), []);
});

test('the gateway’s end does not wait for a session-host that says nothing', async (t) => {
  const gateway = await startFixture(t, { dialMs: 600_000 });
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const greeted = new Mailbox<Socket>();
  await gateway.replaceHost(t, (socket) => socket.once('data', () => greeted.put(socket)));
  gateway.socket(path, { side: 'session', cookie });
  const socket = await greeted.take();
  await gateway.running.close();
  if (!socket.closed) await once(socket, 'close');
  assert.deepEqual(gateway.logged.all.filter(isFailure), []);
});

test('a page that goes while its session is dialled leaves no connection', async (t) => {
  const gateway = await startFixture(t, { dialMs: 600_000 });
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  const taken = new Mailbox<Socket>();
  await gateway.replaceHost(t, (socket) => taken.put(socket.resume()));
  const { broker } = gateway.running.gateway;
  const request = broker.request.bind(broker);
  t.mock.method(broker, 'request', async (...ask: Parameters<typeof request>) => {
    const answer = await request(...ask);
    await gateway.running.close();
    await setImmediate(); // a WebSocket tells its end after its connection's
    return answer;
  });
  gateway.socket(path, { side: 'session', cookie });
  const socket = await taken.take();
  if (!socket.closed) await once(socket, 'close');
  assert.deepEqual(gateway.logged.all.filter(isFailure), []);
});

test('typing marks the ticket active at most once a minute; output does not', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  const type = async (): Promise<void> => {
    say(page, { name: 'input', data: Buffer.from('x') });
    await viewer.messages.take();
  };
  viewer.send({ name: 'output', data: Buffer.from('x') });
  await hear(page);
  say(page, { name: 'resize', rows: 1, columns: 1 });
  await viewer.messages.take();
  await gateway.order({ order: 'sessions', user: 'alice' });
  assert.equal(gateway.countAsked('session-active'), 0);
  await type();
  await gateway.asked('session-active');
  await type();
  gateway.advance(59_000);
  await type();
  await gateway.order({ order: 'sessions', user: 'alice' });
  assert.equal(gateway.countAsked('session-active'), 0);
  gateway.advance(2000);
  await type();
  await gateway.asked('session-active');
});

test('a slow page makes the session-host wait, and loses nothing', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  page.ws.pause();
  const chunk = Buffer.alloc(32_768, 'x');
  let sent = 0;
  while (viewer.send({ name: 'output', data: chunk })) {
    sent += 1;
    if (sent % 16 === 0) await setImmediate();
    assert.ok(sent < 4096, 'the gateway takes 128 MiB for a page that reads nothing');
  }
  viewer.send({ name: 'exit', status: 0 });
  page.ws.resume();
  await viewer.drained;
  for (let got = 0; got <= sent; got += 1) {
    const message = await hear(page);
    assert.equal(message.name === 'output' && message.data.length, chunk.length);
  }
  assert.equal((await hear(page)).name, 'exit');
});

test('a slow session-host makes the page wait, and loses nothing', async (t) => {
  const gateway = await startFixture(t);
  const { page, viewer } = await openPage(gateway);
  viewer.frames.pause();
  const chunk = Buffer.alloc(32_768, 'y');
  let sent = 0;
  // Until the page's own buffer fills: then nobody between it and the program takes any more.
  while (page.ws.bufferedAmount < 1_048_576) {
    say(page, { name: 'input', data: chunk });
    sent += 1;
    if (sent % 16 === 0) await setImmediate();
    assert.ok(sent < 4096, 'the gateway takes 128 MiB for a program that reads nothing');
  }
  viewer.frames.resume();
  for (let got = 0; got < sent; got += 1) {
    const message = await viewer.messages.take();
    assert.equal(message.name === 'input' && message.data.length, chunk.length);
  }
});
