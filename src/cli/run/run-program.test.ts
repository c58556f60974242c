/** `run` with a fake leader and session-host, which send what each test wants. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, test } from 'node:test';
import { EMPTY_HELLO } from '../../../test/fakes/empty-hello.ts';
import {
  CLOSE_POLICIES,
  fromLeader,
  KEY_SIGNATURE_CONTEXT,
  MAX_ROOT_FRAME,
  toLeader,
} from '../../protocol/broker-leader.ts';
import { decode, encode, type MessageOf, type MessageTable } from '../../protocol/codec.ts';
import { FrameStream } from '../../protocol/frame.ts';
import {
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../protocol/gateway-session.ts';
import { ID_PATTERN } from '../../protocol/ids.ts';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';
import { answersFrom } from './ask-for-run.ts';
import { type Run, runProgram } from './run-program.ts';
import type { Terminal } from './terminal.ts';

const MS = 60_000;
const LIMITS = { hello: MS, pam: MS, person: MS, start: MS, end: MS, signal: MS };

type Ask = MessageOf<typeof toLeader>;
interface Peer<I, O> {
  readonly next: () => Promise<I>;
  readonly send: (message: O) => void;
  readonly end: () => void;
  readonly ended: Promise<void>;
}
type Leader = Peer<Ask, MessageOf<typeof fromLeader>>;
type Host = Peer<MessageOf<typeof toSession>, MessageOf<typeof fromSession>>;

let folder = '';
let hostKey: KeyObject;
const servers: Server[] = [];
const wrong: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-run-'));
  const pair = generateKeyPairSync('ed25519');
  hostKey = pair.privateKey;
  const { x = '' } = pair.publicKey.export({ format: 'jwk' });
  writeFileSync(join(folder, 'host.pub'), Buffer.from(x, 'base64url'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
  assert.deepEqual(wrong.splice(0), []);
});

async function listen<I extends MessageTable, O extends MessageTable>(
  path: string,
  tables: { readonly hears: I; readonly says: O; readonly limit: number },
  play: (peer: Peer<MessageOf<I>, MessageOf<O>>) => Promise<void>,
): Promise<void> {
  const server = createServer((socket) => {
    const frames = new FrameStream(socket, tables.limit);
    const ended = once(socket, 'close').then(() => {});
    const peer = {
      next: async () => decode(tables.hears, (await frames.next()) ?? new Uint8Array()),
      send: (message: MessageOf<O>) => void frames.send(encode(tables.says, message)),
      end: () => frames.end(),
      ended,
    };
    play(peer).catch((error) => wrong.push(error));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

const SESSION_HELLO = {
  name: 'hello',
  version: SESSION_PROTOCOL_VERSION,
  taken: 0n,
  seen: 0n,
  rows: 0,
  columns: 0,
} as const;

/** A leader that has said hello and has been asked to open. */
function fakeLeader(play: (leader: Leader, open: Extract<Ask, { name: 'open' }>) => Promise<void>) {
  const tables = { hears: toLeader, says: fromLeader, limit: MAX_ROOT_FRAME };
  return listen(join(folder, 'rootd'), tables, async (leader) => {
    await leader.next();
    leader.send(EMPTY_HELLO);
    const open = await leader.next();
    assert.equal(open.name, 'open');
    if (open.name === 'open') await play(leader, open);
  });
}

/** A leader that opens, runs and closes; host plays the program, once somebody has joined. */
function fakeProgram(host: (host: Host) => Promise<void>): Promise<{ asks: Ask[] }> {
  return fakeHost(async (peer) => {
    await peer.next();
    peer.send({ ...SESSION_HELLO, from: 0n });
    await host(peer);
  });
}

/** The same; host plays the whole session-host. */
async function fakeHost(host: (host: Host) => Promise<void>): Promise<{ asks: Ask[] }> {
  const asks: Ask[] = [];
  await fakeLeader(async (leader, open) => {
    leader.send({ name: 'opened' });
    const spawn = await leader.next();
    asks.push(open, spawn);
    const session = spawn.name === 'run' ? spawn.session : '';
    mkdirSync(join(folder, session));
    const played = Promise.withResolvers<void>();
    const tables = { hears: toSession, says: fromSession, limit: MAX_SESSION_FRAME };
    await listen(join(folder, session, 's'), tables, (peer) => host(peer).finally(played.resolve));
    leader.send({ name: 'spawned', session, pid: 1, tty: '' });
    await played.promise;
    leader.send({ name: 'exited', session, status: 0, words: new Uint8Array() });
    leader.send({ name: 'closed' });
    leader.end();
  });
  return { asks };
}

interface Screen extends Terminal {
  readonly input: PassThrough;
  readonly text: () => string;
  readonly errors: () => string;
}
function screen(stdout?: Writable): Screen {
  const [input, out, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const read = (stream: PassThrough) => () => String(stream.read() ?? '');
  return {
    stdin: () => input,
    stdout: stdout ?? out,
    stderr: errors,
    pty: false,
    type: 'vt100',
    setRaw: () => {},
    input,
    text: read(out),
    errors: read(errors),
  };
}

function run(terminal: Terminal, changes: Partial<Run> = {}): Promise<number> {
  const paths = {
    rootd: join(folder, 'rootd'),
    sessions: folder,
    hostPublicKey: join(folder, 'host.pub'),
  };
  return runProgram({
    user: 'alice',
    command: ['cat', '-'],
    profile: 'su',
    answers: answersFrom(null, null),
    terminal,
    tell: () => {},
    limits: LIMITS,
    paths,
    ...changes,
  });
}

function signedKey(conversation: Uint8Array, by = hostKey): MessageOf<typeof fromLeader, 'key'> {
  const expires = BigInt(Date.now() + 60_000);
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(expires);
  const { x = '' } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  const signed = Buffer.concat([Buffer.from(KEY_SIGNATURE_CONTEXT), conversation, publicKey, at]);
  const signature = sign(null, signed, by);
  return { name: 'key', public: publicKey, expires, signature, patience: 120 };
}

test('input goes to the program, its output and errors come back, its status is ours', async () => {
  const { asks } = await fakeProgram(async (host) => {
    const heard = [await host.next(), await host.next()];
    assert.deepEqual(
      heard.map(({ name }) => name),
      ['input', 'eof'],
    );
    host.send({ name: 'output', data: Buffer.from('out') });
    host.send({ name: 'errors', data: Buffer.from('err') });
    host.send({ name: 'exit', status: 7 << 8 });
    host.end();
  });
  const terminal = screen();
  terminal.input.end('in');
  assert.equal(await run(terminal), 7);
  assert.deepEqual([terminal.text(), terminal.errors()], ['out', 'err']);
  const [open, spawn] = asks;
  assert.deepEqual(
    open?.name === 'open' && [open.user, open.service, open.label, open.attached, open.terminal],
    ['alice', 'su', 'run', 1, ''],
  );
  assert.equal(open?.name === 'open' && CLOSE_POLICIES[open.close], 'last-program');
  assert.deepEqual(
    spawn?.name === 'run' && [spawn.argv, spawn.environment, spawn.lossless, spawn.key.length],
    [['/usr/bin/env', '--', 'cat', '-'], [], 1, 32],
  );
});

test('the terminal that PAM is told of is that of the session, whose id is not the PAM session’s', async () => {
  const { asks } = await fakeProgram(async (host) => {
    host.send({ name: 'exit', status: 0 });
    host.end();
  });
  await run({ ...screen(), pty: true });
  const [open, spawn] = asks;
  assert.ok(open?.name === 'open' && spawn?.name === 'run');
  assert.equal(open.terminal, spawn.session);
  assert.match(open.pamSession, ID_PATTERN);
  assert.notEqual(open.pamSession, spawn.session);
});

test('a program named like a variable is still a program', async () => {
  const { asks } = await fakeProgram(async (host) => {
    host.send({ name: 'exit', status: 0 });
    host.end();
  });
  await run(screen(), { command: ['a=b', 'c'] });
  const spawn = asks[1];
  assert.deepEqual(spawn?.name === 'run' && spawn.argv, [
    '/bin/sh',
    '-c',
    'exec "$0" "$@"',
    'a=b',
    'c',
  ]);
});

test('a program that a signal ended gives 128 and the signal', async () => {
  await fakeProgram(async (host) => {
    host.send({ name: 'exit', status: 9 });
    host.end();
  });
  assert.equal(await run(screen()), 137);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  test(`${signal} goes to the program`, async () => {
    await fakeProgram(async (host) => {
      host.send({ name: 'output', data: Buffer.from('ready') });
      const heard = await host.next();
      assert.equal(heard.name, 'signal');
      host.send({ name: 'exit', status: heard.name === 'signal' ? heard.number : 0 });
      host.end();
    });
    const out = new PassThrough();
    out.once('readable', () => process.kill(process.pid, signal));
    assert.ok((await run(screen(out))) > 128);
    assert.equal(process.listenerCount(signal), 0);
  });
}

test('output is taken no faster than it is read, and nothing of it is lost', async () => {
  const size = 4 * 1_048_576;
  const frame = Buffer.alloc(32_768);
  let [taken, most] = [0, 0];
  const slow: Writable = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      taken += chunk.length;
      most = Math.max(most, slow.writableLength);
      setImmediate(done);
    },
  });
  await fakeProgram(async (host) => {
    for (let sent = 0; sent < size; sent += frame.length)
      host.send({ name: 'output', data: frame });
    host.send({ name: 'exit', status: 0 });
    host.end();
    await host.ended;
  });
  assert.equal(await run(screen(slow)), 0);
  assert.equal(taken, size);
  assert.ok(most <= slow.writableHighWaterMark + frame.length, `${most} bytes were waiting`);
});

test('when nobody reads the output any more the session is ended', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  await fakeProgram(async (host) => {
    host.send({ name: 'output', data: Buffer.from('x') });
    await host.ended;
  });
  assert.equal(await run(screen(broken)), 141);
});

test('a session-host that goes without a word is a failure of ours', async () => {
  await fakeProgram(async (host) => host.end());
  await assert.rejects(
    run(screen()),
    /wanted the program's exit status, got none; session \w{32} was ended/,
  );
});

test('a session-host that refuses us is a failure of ours', async () => {
  await fakeHost(async (host) => {
    await host.next();
    host.end();
  });
  await assert.rejects(run(screen()), {
    name: 'RunError',
    message: /wanted a session-host's hello of version \d+, got the end of the connection/,
  });
});

test('a session-host that does not answer is given up, and the connection closed', async () => {
  let closed = Promise.resolve();
  await fakeHost(async (host) => {
    closed = host.ended;
    await closed;
  });
  const limits = { ...LIMITS, hello: 1000 };
  await assert.rejects(run(screen(), { limits }), /wanted to join the session within 1 s, got no/);
  await closed;
});

test('a leader that dies is a failure of ours', async () => {
  await fakeLeader(async (leader) => leader.end());
  await assert.rejects(
    run(screen()),
    /wanted a session of 'alice' by profile 'su', got the end of the connection to the leader; see/,
  );
});

test('what a leader does not do within its time is a failure that says what was wanted', async () => {
  const limits = { ...LIMITS, start: 30, end: 30 };
  await fakeLeader(async (leader) => {
    leader.send({ name: 'opened' });
    await leader.next();
    await leader.ended;
  });
  await assert.rejects(
    run(screen(), { limits }),
    /wanted to run 'cat' within 0.03 s, got nothing. See the server's log./,
  );
});

test('an end that does not come is a failure that tells the status', async () => {
  const limits = { ...LIMITS, end: 30 };
  await fakeProgram(async (host) => {
    host.send({ name: 'exit', status: 7 << 8 });
    host.end();
    await new Promise(() => {});
  });
  await assert.rejects(
    run(screen(), { limits }),
    /wanted the end of session \w{32}, whose program ended with 7, within 0.03 s, got nothing/,
  );
});

test('no server is one clear line', async () => {
  await assert.rejects(
    run(screen()),
    /wanted the server at '.*', got ENOENT; is the server running\?/,
  );
});

test('a refused session tells stage and reason', async () => {
  await fakeLeader(async (leader) => {
    leader.send({ name: 'failed', session: '', stage: 5, code: 7, text: 'account expired' });
    leader.end();
  });
  await assert.rejects(
    run(screen()),
    /session of 'alice' by profile 'su', got: account expired \(stage 'account'\)/,
  );
});

test('a program that cannot be started is a failure of ours', async () => {
  await fakeLeader(async (leader) => {
    leader.send({ name: 'opened' });
    await leader.next();
    leader.send({ name: 'failed', session: '', stage: 10, code: 11, text: 'too many processes' });
    await leader.ended;
  });
  await assert.rejects(
    run(screen()),
    /wanted to run 'cat', got: too many processes \(stage 'spawn'\)/,
  );
});

test('the first hidden question gets the password, sealed; texts are shown', async () => {
  const told: string[] = [];
  await fakeLeader(async (leader, open) => {
    leader.send(signedKey(open.conversation));
    leader.send({
      name: 'prompt',
      first: 1,
      styles: Uint8Array.of(4, 1),
      texts: ['Welcome', 'Password: '],
    });
    const answer = await leader.next();
    assert.ok(answer.name === 'answer' && answer.first === 1);
    assert.deepEqual(answer.name === 'answer' && answer.sealed.map(({ length }) => length), [
      SEALED_BYTES,
    ]);
    leader.send({ name: 'prompt', first: 3, styles: Uint8Array.of(1), texts: ['Code: '] });
    assert.equal((await leader.next()).name, 'cancel');
    leader.send({ name: 'failed', session: '', stage: 4, code: 7, text: 'Authentication failure' });
    leader.end();
  });
  const password = Buffer.from('secret');
  await assert.rejects(
    run(screen(), { answers: answersFrom(password, null), tell: (text) => told.push(text) }),
    /it asks 'Code:', which was not answered; put 'auth sufficient pam_rootok.so'/,
  );
  assert.deepEqual(told, ['Welcome']);
});

test('a password is not sealed to a key that the host key did not sign', async () => {
  await fakeLeader(async (leader, open) => {
    leader.send(signedKey(open.conversation, generateKeyPairSync('ed25519').privateKey));
    leader.send({ name: 'prompt', first: 1, styles: Uint8Array.of(1), texts: ['Password: '] });
    await leader.ended;
  });
  await assert.rejects(
    run(screen(), { answers: answersFrom(Buffer.from('secret'), null) }),
    /got one that is not: the host key did not sign it/,
  );
});

for (const [name, styles] of [
  ['a shown question', [2]],
  ['two questions at once', [1, 1]],
] as const) {
  test(`${name} is not answered with the password`, async () => {
    await fakeLeader(async (leader, open) => {
      leader.send(signedKey(open.conversation));
      leader.send({
        name: 'prompt',
        first: 1,
        styles: Uint8Array.from(styles),
        texts: styles.map(() => 'Q?'),
      });
      assert.equal((await leader.next()).name, 'cancel');
      leader.send({ name: 'failed', session: '', stage: 4, code: 7, text: '' });
      leader.end();
    });
    await assert.rejects(
      run(screen(), { answers: answersFrom(Buffer.from('secret'), null) }),
      /it asks 'Q\?'/,
    );
  });
}
