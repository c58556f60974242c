/** session-host: who may connect, what it says to it, and what it does not put up with. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import test from 'node:test';
import { startHost, startShell, WEB_UID } from '../lib/session-host.ts';

test('what a viewer types reaches the program, what the program writes every viewer', async () => {
  const host = await startShell('exec cat');
  const [one, two] = [await host.view(), await host.view()];
  one.type('hello\n');
  await one.until(/hello\r\nhello\r\n/);
  await two.until(/hello\r\nhello\r\n/);
  two.type('again\n');
  await one.until(/again\r\nagain\r\n/);
  host.leader.end();
  assert.equal(await host.end, 0);
});

test('a viewer with a wrong key is closed', async () => {
  const host = await startShell('exec cat');
  const viewer = await host.connect();
  const key = Buffer.from(host.key);
  key[31]! ^= 1;
  viewer.join(key, {});
  assert.equal(await viewer.next(), null);
  await host.logged(/wanted hello with the session key/);
  await host.view();
  host.leader.end();
});

test('a viewer of another version is closed for that, whatever its key', async () => {
  const host = await startShell('exec cat');
  for (const key of [host.key, Buffer.alloc(32)]) {
    host.log = '';
    const viewer = await host.connect();
    const hello = { name: 'hello', version: 99, key, viewer: 0n, from: 0n, rows: 0, columns: 0 };
    viewer.send(hello as never);
    assert.equal(await viewer.next(), null);
    await host.logged(/a viewer speaks version 99, wanted \d+, closing it/);
    assert.doesNotMatch(host.log, /key/);
  }
  await host.view();
  host.leader.end();
});

test('only root and the web uid may connect', async () => {
  const host = await startShell('exec cat');
  // Starts as root, because the program may lie where nobody else can go.
  const tryAs = async (uid: number): Promise<string> => {
    const script = `process.setgid(${uid}); process.setuid(${uid});
      const socket = require('node:net').connect(${JSON.stringify(host.path)}).resume();
      socket.on('connect', () => socket.write(Buffer.from(process.argv[1], 'hex')));
      socket.on('data', () => { console.log('greeted'); process.exit(); });
      socket.on('close', () => console.log('closed')).on('error', () => {});`;
    const hello = Buffer.from([...[0, 0, 0, 59], 1, ...[0, 0, 0, 3], ...[0, 32], ...host.key]);
    const argument = Buffer.concat([hello, Buffer.alloc(20)]).toString('hex');
    const child = spawn(process.execPath, ['-e', script, argument], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    await once(child, 'close');
    return text.trim();
  };
  assert.equal(await tryAs(WEB_UID), 'greeted');
  assert.equal(await tryAs(WEB_UID + 1), 'closed');
  await host.logged(/wanted a viewer of uid 61011 or 0, got uid 61012/);
  host.leader.end();
});

test('a viewer that says no hello is closed after five seconds', async () => {
  const host = await startShell('exec cat');
  const started = performance.now();
  const viewer = await host.connect();
  assert.equal(await viewer.next(), null);
  assert.ok(performance.now() - started > 4500);
  await host.logged(/wanted hello within 5000 ms/);
  host.leader.end();
});

test('HTTP, TLS, over-long frames and unknown messages close the viewer that sent them', async () => {
  const host = await startShell('exec cat');
  const surprises = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([22, 3, 1, 0, 200]),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0, 1, 0, 0, 1]),
    Buffer.from([0, 0, 0, 1, 1]),
  ];
  for (const bytes of surprises) {
    const viewer = await host.connect();
    viewer.socket.write(bytes);
    assert.equal(await viewer.next(), null);
  }
  const later = [
    Buffer.from([0, 1, 0, 1, 3]), // one byte over the maximum
    Buffer.from([0, 0, 0, 1, 99]), // no such message
    Buffer.from([0, 0, 0, 3, 5, 0, 1]), // half a resize
    Buffer.from([0, 0, 0, 2, 9, 9]), // SIGKILL
    Buffer.from([0, 0, 0, 2, 9, 255]),
    Buffer.from([0, 0, 0, 2, 7, 0]), // eof with a field
  ];
  for (const bytes of later) {
    const viewer = await host.view();
    viewer.socket.write(bytes);
    await viewer.rest();
  }
  const viewer = await host.view();
  viewer.type('still here\n');
  await viewer.until(/still here/);
  host.leader.end();
});

test('the 33rd viewer is closed, the others stay', async () => {
  const host = await startShell('exec cat');
  const viewers = [];
  for (let i = 0; i < 32; i++) viewers.push(await host.view());
  assert.equal(await (await host.connect()).next(), null);
  viewers[31]!.type('full\n');
  await viewers[0]!.until(/full/);
  viewers[7]!.socket.destroy();
  await host.logged(/32 viewers already/);
  // Its place is free once session-host has seen it go; the loop serves leavers before it accepts.
  await host.view();
  host.leader.end();
});

test('rotate changes the key; viewers stay, or are dropped', async () => {
  const host = await startShell('exec cat');
  const viewer = await host.view();
  const before = host.key;
  host.key = randomBytes(32);
  host.tell({ name: 'rotate', drop: 0, key: host.key });
  // Nothing answers a rotate: the new key is good as soon as it is there.
  let newcomer = await host.view().catch(() => null);
  while (newcomer === null) newcomer = await host.view().catch(() => null);
  viewer.type('still-here\n');
  await viewer.until(/still-here/);
  host.key = randomBytes(32);
  host.tell({ name: 'rotate', drop: 1, key: host.key });
  await viewer.rest();
  await newcomer.rest();
  const old = await host.connect();
  old.join(before, {});
  assert.equal(await old.next(), null);
  await host.view();
  host.leader.end();
});

test('the viewer that joined, typed or resized last decides the size', async () => {
  const host = await startShell('exec cat');
  const one = await host.view({ rows: 24, columns: 80 });
  assert.equal(one.size, '24 80');
  const two = await host.view({ rows: 30, columns: 100 });
  assert.equal(two.size, '30 100');
  await one.untilSize('30 100');
  const blind = await host.view();
  assert.equal(blind.size, '30 100');
  one.type('a');
  await one.untilSize('24 80');
  await two.untilSize('24 80');
  two.send({ name: 'resize', rows: 31, columns: 101 });
  await one.untilSize('31 101');
  await blind.untilSize('31 101');
  host.leader.end();
});

test('a new size reaches the program as SIGWINCH', async () => {
  const host = await startShell(
    'trap "stty size" WINCH; echo ready; while :; do sleep 1000 & wait; done',
  );
  const viewer = await host.view({ rows: 24, columns: 80 });
  await viewer.until(/ready/);
  viewer.send({ name: 'resize', rows: 41, columns: 132 });
  await viewer.until(/^41 132\r$/m);
  host.leader.end();
});

test('the user cannot read the session key from its memory', async () => {
  const host = await startShell('exec cat');
  assert.equal(statSync(`/proc/${host.child.pid}/mem`).uid, 0);
  host.leader.end();
});

test('input that the program does not take holds up its sender and nobody else', async () => {
  const host = await startShell('exec sleep 1000', { pty: false });
  const sender = await host.view();
  const megabyte = 'x'.repeat(32_768);
  for (let i = 0; i < 32; i++) sender.type(megabyte);
  const other = await host.view();
  other.send({ name: 'signal', number: 15 });
  assert.equal((await other.rest()).status, 15);
  host.leader.end();
});

test('input of a viewer that comes back is taken once: it learns how far it got', async () => {
  const host = await startShell('stty raw -echo; printf ready; exec cat');
  const first = await host.view({ viewer: 7n });
  await first.until(/ready/);
  assert.equal(first.taken, 0n);
  first.type('abc');
  await first.until(/abc/);
  // The old connection is not known to be dead yet: the new one ends it.
  const again = await host.view({ viewer: 7n, from: first.offset });
  assert.equal(again.taken, 3n);
  await first.rest();
  again.type('d');
  await again.until(/^d$/);
  again.socket.destroy();
  const other = await host.view({ viewer: 8n });
  assert.equal(other.taken, 0n);
  const later = await host.view({ viewer: 7n });
  assert.equal(later.taken, 4n);
  assert.equal((await host.view()).taken, 0n);
  host.leader.end();
});

test('who has left is forgotten only when 32 others have come since', async () => {
  const host = await startShell('stty raw -echo; printf ready; exec cat');
  const first = await host.view({ viewer: 7n });
  await first.until(/ready/);
  first.type('abc');
  await first.until(/abc/);
  first.socket.destroy();
  const visit = async (viewer: bigint): Promise<bigint> => {
    const guest = await host.view({ viewer });
    guest.socket.destroy();
    return guest.taken;
  };
  for (let number = 100n; number < 130n; number++) assert.equal(await visit(number), 0n);
  assert.equal(await visit(7n), 3n);
  for (let number = 200n; number < 240n; number++) assert.equal(await visit(number), 0n);
  assert.equal(await visit(7n), 0n);
  host.leader.end();
});

test('what a long input has had taken is told in between', async () => {
  const host = await startShell('stty raw -echo; printf ready; exec cat >/dev/null');
  const viewer = await host.view({ viewer: 7n });
  await viewer.until(/ready/);
  for (let i = 0; i < 4; i++) viewer.type('x'.repeat(20_000));
  while (viewer.taken < 64_000n) assert.ok(await viewer.read());
  host.leader.end();
});

test('jobs: a foreground job and a background job are told, the shell alone and an agent are none', async () => {
  const host = await startHost({ argv: ['bash', '--norc', '-i'], program: '/bin/bash' });
  const viewer = await host.view({ viewer: 7n });
  const until = async (jobs: boolean): Promise<void> => {
    while (viewer.jobs !== jobs) assert.ok(await viewer.read());
  };
  await viewer.until(/[$#] $/);
  viewer.type('sleep 1000\n');
  await until(true);
  assert.equal((await host.view({ viewer: 8n })).jobs, false, 'hello comes before it');
  viewer.type('\x03');
  await until(false);
  viewer.type('sleep 1000 &\n');
  await until(true);
  viewer.type('kill %1\n');
  await until(false);
  // A job that ends by itself makes no sign on the terminal.
  viewer.type('set +m; setsid sleep 1000 & set -m; sleep 1 &\n');
  await until(true);
  await until(false);
  host.leader.end();
});
