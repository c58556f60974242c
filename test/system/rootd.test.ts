/** rootd: whom it lets in, how many, and what it hands to a leader. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { idOf, installStandIns, LineClient, removeStandIns, Supervise } from '../lib/supervise.ts';

let supervise: Supervise;
before(async () => {
  installStandIns();
  supervise = new Supervise();
  await supervise.ready();
});
after(async () => {
  await supervise.stop();
  removeStandIns();
});

/** A client that is another user: 'open' connects once more and says what came, any other word goes to all leaders. */
const CLIENT = `
const net = require('node:net'), [path, uid, gid] = process.argv.slice(1);
process.setgroups([]); process.setgid(Number(gid)); process.setuid(Number(uid));
const sockets = new Set();
const open = () => {
  const socket = net.connect(path).setEncoding('utf8').on('error', () => {});
  socket.once('data', () => { sockets.add(socket); console.log('leader'); });
  socket.on('close', () => { if (!sockets.delete(socket)) console.log('refused'); });
};
require('node:readline').createInterface({ input: process.stdin }).on('line', async (word) => {
  if (word === 'open') return open();
  await Promise.all([...sockets].map((socket) => new Promise((done) => {
    socket.once('data', done).write(word + '\\n');
  })));
  console.log('all');
});`;

class Client {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(uid: number, gid: number) {
    const args = ['-e', CLIENT, PATHS.rootd, String(uid), String(gid)];
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async ask(word: string): Promise<string> {
    this.child.stdin!.write(`${word}\n`);
    return (await this.lines.next()).value;
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }
}

test('a leader gets the connection and the pipe, a session of its own, and nothing else', async () => {
  const client = new LineClient(PATHS.rootd);
  const pid = (await client.line())!.split(' ')[1]!;
  client.socket.write('report\n');
  const report: string[] = [];
  for (let line = await client.line(); line !== null; line = await client.line()) report.push(line);
  assert.ok(report.includes(`sid ${pid}`));
  assert.ok(report.includes(`PPid:\t${supervise.pidOf('rootd')}`));
  assert.ok(report.includes('SigBlk:\t0000000000000000'));
  assert.ok(report.includes('SigIgn:\t0000000000000000'));
  // ls itself: what the leader has, but for standard output, and the directory it reads.
  const descriptors = report.flatMap((line) => / (\d+ -> .*)$/.exec(line)?.[1] ?? []).join('\n');
  const wanted =
    /^0 -> \/dev\/null\n1 -> (socket:.*)\n2 -> socket:.*\n3 -> \1\n4 -> pipe:.*\n5 -> \/proc\/\d+\/fd$/;
  assert.match(descriptors, wanted);
  const environment = report.filter((line) => line.startsWith('env ')).map((line) => line.slice(4));
  assert.deepEqual(
    environment.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)),
    [],
  );
  client.socket.destroy();
});

test('a peer that is neither root nor the broker is closed', async () => {
  const { uid, gid } = idOf('vestibule');
  const stranger = new Client(61_000, gid);
  assert.equal(await stranger.ask('open'), 'refused');
  await supervise.logged(new RegExp(`refused a connection of uid 61000: wanted uid 0 or ${uid}`));
  await stranger.end();
  const broker = new Client(uid, gid);
  assert.equal(await broker.ask('open'), 'leader');
  await broker.end();
});

test('each socket has its program', async () => {
  for (const [path, wanted] of [
    [PATHS.rootd, /^leader /],
    [PATHS.pamTest, /^pam-test /],
  ] as const) {
    const client = new LineClient(path);
    assert.match((await client.line())!, wanted);
    client.socket.destroy();
  }
});

test('a leader that crashes is reaped and named', async () => {
  const client = new LineClient(PATHS.rootd);
  const pid = (await client.line())!.split(' ')[1]!;
  assert.equal(await client.ask('crash'), null);
  await supervise.logged(new RegExp(`leader ${pid} ended with signal 11`));
});

test('leaders that let nobody in are capped, those that did are not counted, nor are root’s', async () => {
  const { uid, gid } = idOf('vestibule');
  const broker = new Client(uid, gid);
  for (let i = 0; i < 100; i++) assert.equal(await broker.ask('open'), 'leader', `leader ${i}`);
  // From 100 on some are refused, at 200 all: one refusal comes at the 101st at the latest.
  let more = 0;
  while ((await broker.ask('open')) === 'leader') more += 1;
  assert.ok(more <= 100);
  await supervise.logged(
    /refused a connection: \d+ leaders wait for a sign-in \(limits 100:30:200\)/,
  );
  const root = new LineClient(PATHS.rootd);
  assert.match((await root.line())!, /^leader /);
  root.socket.destroy();

  assert.equal(await broker.ask('byte'), 'all');
  for (let i = 0; i < 50; i++)
    assert.equal(await broker.ask('open'), 'leader', `later leader ${i}`);
  await broker.end();
  const next = new Client(uid, gid);
  assert.equal(await next.ask('open'), 'leader');
  await next.end();
});
