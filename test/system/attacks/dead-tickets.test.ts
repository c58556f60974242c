/** When a user's last ticket has died nobody enters their sessions, whatever they kept: pass, code, path or key. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import { encode } from '../../../src/protocol/codec.ts';
import { FrameStream } from '../../../src/protocol/frame.ts';
import type { DialInfo } from '../../../src/protocol/gateway-broker.ts';
import {
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { CLOSE_CODES } from '../../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Terminal, WebClient } from '../../lib/client.ts';
import { changeDatabase } from '../../lib/database.ts';
import {
  connectQuickly,
  FalseGateway,
  logged,
  readAudit,
  readLog,
  startWith,
  stopAll,
} from '../../lib/intruder.ts';
import { listProcesses } from '../../lib/processes.ts';
import type { Server } from '../../lib/server.ts';

const TICKET = '__Host-Http-vestibule-ticket';
let server: Server;
let gateway: FalseGateway;
const open: { close(): void }[] = [];

interface Visit {
  readonly account: Account;
  readonly client: WebClient;
  readonly session: SessionId;
  readonly terminal: Terminal;
  readonly ticket: string;
  readonly pass: string;
  readonly code: string;
  readonly dial: DialInfo;
  /** A viewer that the gateway knows nothing of. */
  readonly viewer: FrameStream;
}

before(async () => {
  server = await startWith();
  gateway = await FalseGateway.connect();
});

after(async () => {
  gateway?.close();
  for (const one of open) one.close();
  await stopAll(server);
});

function join(session: SessionId, { key }: DialInfo): FrameStream {
  const path = `${PATHS.sessions}/${session}/s`;
  const frames = new FrameStream(connectQuickly('vestibule-web', path), MAX_SESSION_FRAME);
  const size = { viewer: 0n, from: 0n, rows: 24, columns: 80 };
  const version = SESSION_PROTOCOL_VERSION;
  frames.send(
    encode(toSession, { name: 'hello', version, key: Buffer.from(key, 'base64'), ...size }),
  );
  return frames;
}

/** Signed in once, and everything in hand that opens the session. */
async function visit(name: string): Promise<Visit> {
  const account = makeAccount(name);
  const client = new WebClient(server.url);
  await client.signIn(name, Buffer.from(account.password));
  const session = (await client.startTerminal()).id;
  const terminal = await client.openTerminal(session, await client.enter(session));
  await terminal.run('true');
  open.push(client, { close: () => terminal.ws.terminate() });
  const ticket = client.cookies.get(TICKET)!;
  const pass = client.cookies.get(`__Secure-vestibule-session /s/${session}/`)!;
  const code = (await client.enterCode(session)).searchParams.get('code')!;
  const dial = (await gateway.ask('session-dial', { pass, session })).ok!;
  const viewer = join(session, dial);
  assert.equal((await viewer.next())?.[0], 2, 'the key is right');
  return { account, client, session, terminal, ticket, pass, code, dial, viewer };
}

async function assertShut({ account, session, terminal, ticket, pass, code, dial, viewer }: Visit) {
  assert.equal(await terminal.closed, CLOSE_CODES.signedOut);
  let frame: Buffer | null;
  do frame = await viewer.next().catch(() => null);
  while (frame !== null); // what it was still sent; then it was dropped
  for (const [type, ask] of [
    ['ticket-check', { ticket, active: true }],
    ['session-enter', { ticket, session, browser: ticket }],
    ['session-pass', { code, session, browser: ticket }],
    ['session-dial', { pass, session }],
    ['session-active', { pass, session }],
  ] as const) {
    const { ok, problem } = await gateway.ask(type, ask as never);
    assert.equal(ok, undefined, type);
    assert.equal(problem?.code, 'not-signed-in', type);
    await logged(new RegExp(`"type":"${type}","code":"not-signed-in".*${problem.reference}`));
  }
  const late = join(session, dial);
  late.send(encode(toSession, { name: 'input', data: Buffer.from('touch /tmp/late\r') }));
  assert.equal(await late.next().catch(() => null), null, 'the old key opens nothing');
  // The session itself goes on, and has noticed nothing.
  const shells = listProcesses().filter(
    ({ uid, argv }) => uid === account.uid && argv[0] === '-bash',
  );
  assert.equal(shells.length, 1);
}

test('after the sign-out', async () => {
  const visited = await visit('ada-dt');
  await visited.client.signOut();
  await assertShut(visited);
  const row = readAudit().findLast(({ user }) => user === 'ada-dt');
  assert.equal(row?.event, 'sign-out');
  // Signed in again, the person finds the same shell.
  const { client, session } = visited;
  await client.signIn('ada-dt', Buffer.from(visited.account.password));
  const again = await client.openTerminal(session, await client.enter(session));
  assert.match(await again.run('ls /tmp/late 2>&1; echo here'), /cannot access.*\nhere/);
  again.ws.terminate();
});

test('after the ticket has run out', async () => {
  const visited = await visit('eve-dt');
  const from = readLog().length;
  await changeDatabase((database) =>
    database
      .prepare('UPDATE tickets SET idle_end = ? WHERE user = ?')
      .run(Date.now() - 1, 'eve-dt'),
  );
  gateway = await FalseGateway.connect();
  // At once for whoever asks; the viewers are dropped when the broker next cleans up.
  const { problem } = await gateway.ask('session-dial', {
    pass: visited.pass,
    session: visited.session,
  });
  assert.equal(problem?.code, 'not-signed-in');
  const cleaned = AbortSignal.timeout(15_000);
  while (!/"event":"ticket-expired".*eve-dt/.test(readLog().slice(from))) {
    cleaned.throwIfAborted();
    await logged(/ticket-expired/, from).catch(() => {});
  }
  await assertShut(visited);
});

test('while one ticket of several lives the others’ passes are dead, and its own go on', async () => {
  const visited = await visit('bob-dt');
  const other = new WebClient(server.url);
  open.push(other);
  await other.signIn('bob-dt', Buffer.from(visited.account.password));
  const { session } = visited;
  const terminal = await other.openTerminal(session, await other.enter(session));
  await terminal.run('true');
  await visited.client.signOut();
  assert.equal(await visited.terminal.closed, CLOSE_CODES.signedOut);
  const { problem } = await gateway.ask('session-dial', { pass: visited.pass, session });
  assert.equal(problem?.code, 'not-signed-in');
  assert.match(await terminal.run('echo alive'), /^alive$/m);
  terminal.ws.terminate();
  visited.viewer.destroy();
});
