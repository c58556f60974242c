/** Whoever took the gateway over has its uid and its socket to the broker, but can make no ticket. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { PATHS, SESSION_KEY_BYTES } from '../../../src/protocol/broker-leader.ts';
import { encode } from '../../../src/protocol/codec.ts';
import { FrameStream } from '../../../src/protocol/frame.ts';
import {
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Terminal, WebClient } from '../../lib/client.ts';
import { changeDatabase, withDatabase } from '../../lib/database.ts';
import {
  connectQuickly,
  FalseGateway,
  logged,
  ownProcesses,
  startWith,
  stopAll,
} from '../../lib/intruder.ts';
import type { Server } from '../../lib/server.ts';

const TICKET = '__Host-Http-vestibule-ticket';
const origin = { address: '192.0.2.66', userAgent: 'false gateway' };
let server: Server;
let gateway: FalseGateway;
let ada: Account;
let eve: Account;
/** Of no browser that ever asked. */
const browser = 'B'.repeat(43);
/** What this client's codes are bound to, which a gateway knows. */
const browserOf = ({ cookies }: WebClient): string => {
  const secret = cookies.get('__Host-Http-vestibule-entry')!;
  return createHash('sha256').update(secret).digest('base64url');
};
const clients: WebClient[] = [];
/** Ada's, with a terminal that is open all the time. */
let session: SessionId;
let terminal: Terminal;
let pass: string;

async function signIn(account: Account): Promise<WebClient> {
  const client = new WebClient(server.url);
  clients.push(client);
  await client.signIn(account.name, Buffer.from(account.password));
  return client;
}

before(async () => {
  ada = makeAccount('ada-gw');
  eve = makeAccount('eve-gw');
  server = await startWith();
  const client = await signIn(ada);
  ({ session, terminal } = await client.startShell());
  pass = client.cookies.get(`__Secure-vestibule-session /s/${session}/`)!;
  gateway = await FalseGateway.connect();
});

after(async () => {
  gateway?.close();
  terminal?.ws.terminate();
  for (const client of clients) client.close();
  await stopAll(server);
});

/** Refused with that code, the log has the same reference, and ada's terminal has felt nothing. */
async function assertRefused(
  code: string,
  ask: Parameters<FalseGateway['ask']>[1],
  type: Parameters<FalseGateway['ask']>[0],
): Promise<void> {
  const { ok, problem } = await gateway.ask(type, ask as never);
  assert.equal(ok, undefined, `${type} was allowed`);
  assert.equal(problem?.code, code);
  const [line] = await logged(new RegExp(`.*${problem.reference}.*`));
  assert.match(line, /"event":"request-refused"/);
  assert.match(line, new RegExp(`"type":"${type}","code":"${code}"`));
  for (const secret of Object.values(ask).filter((value) => String(value).length === 43)) {
    assert.equal(line.includes(String(secret)), false, 'the log shows what was tried');
  }
}

/** Session-hosts, and rows of any session that ever was. */
function countSessions(): string {
  const rows = withDatabase((database) => database.prepare('SELECT id FROM sessions').all()).length;
  const hosts = ownProcesses().filter(({ argv }) => argv[0]!.endsWith('session-host')).length;
  return `${rows} rows, ${hosts} session-hosts`;
}

/** Every request that a ticket opens. */
async function assertWorthless(ticket: string, code = 'not-signed-in'): Promise<void> {
  const before = countSessions();
  await assertRefused(code, { ticket, active: true }, 'ticket-check');
  await assertRefused(code, { ticket }, 'session-list');
  await assertRefused(code, { ticket, kind: 'terminal', origin }, 'session-start');
  await assertRefused(code, { ticket, session, browser }, 'session-enter');
  await assertRefused(code, { ticket, session }, 'session-end');
  await assertRefused(code, { ticket }, 'sign-out');
  await assertRefused(code, { ticket }, 'sign-out-everywhere');
  await assertRefused(code, { ticket }, 'sign-in-list');
  assert.equal((await terminal.run('echo alive')).trim(), 'alive');
  assert.equal(countSessions(), before, 'nothing was started');
}

test('a forged ticket', async () => {
  await assertWorthless(randomBytes(32).toString('base64url'));
  await assertWorthless('');
  await assertWorthless("' OR 1=1 --");
});

test('a ticket with one character changed', async () => {
  const ticket = (await signIn(eve)).cookies.get(TICKET)!;
  await assertWorthless(ticket.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')));
});

test('an expired ticket', async () => {
  const client = await signIn(eve);
  const ticket = client.cookies.get(TICKET)!;
  const { id } = (await gateway.ask('ticket-check', { ticket, active: false })).ok!;
  await changeDatabase((database) =>
    database.prepare('UPDATE tickets SET idle_end = ? WHERE id = ?').run(Date.now() - 1, id),
  );
  gateway = await FalseGateway.connect();
  await assertWorthless(ticket);
});

test('a revoked ticket', async () => {
  const client = await signIn(eve);
  const ticket = client.cookies.get(TICKET)!;
  await client.signOut();
  await assertWorthless(ticket);
});

test("another user's ticket does nothing to this user's session", async () => {
  const ticket = (await signIn(eve)).cookies.get(TICKET)!;
  const { sessions } = (await gateway.ask('session-list', { ticket })).ok!;
  assert.deepEqual(sessions, []);
  await assertRefused('session-not-found', { ticket, session, browser }, 'session-enter');
  await assertRefused('session-not-found', { ticket, session }, 'session-end');
  const adas = clients[0]!.cookies.get(TICKET)!;
  const { id } = (await gateway.ask('ticket-check', { ticket: adas, active: false })).ok!;
  const { problem } = await gateway.ask('sign-in-end', { ticket, signIn: id });
  assert.equal(problem?.code, 'not-found');
  assert.equal((await gateway.ask('ticket-check', { ticket: adas, active: false })).ok?.id, id);
  assert.equal((await terminal.run('echo alive')).trim(), 'alive');
});

test('a pass is good for one session of one user, a code for one pass', async () => {
  const client = await signIn(eve);
  const own = (await client.startTerminal()).id;
  const code = (await client.enterCode(own)).searchParams.get('code')!;
  await assertRefused('not-signed-in', { code, session, browser }, 'session-pass');
  // That try has used it up.
  await assertRefused('not-signed-in', { code, session: own, browser }, 'session-pass');
  const fresh = (await client.enterCode(own)).searchParams.get('code')!;
  const first = (
    await gateway.ask('session-pass', { code: fresh, session: own, browser: browserOf(client) })
  ).ok!;
  await assertRefused(
    'not-signed-in',
    { code: fresh, session: own, browser: browserOf(client) },
    'session-pass',
  );
  await assertRefused('not-signed-in', { pass: first.pass, session }, 'session-dial');
  await assertRefused('not-signed-in', { pass, session: own }, 'session-dial');
  await assertRefused(
    'not-signed-in',
    { pass: randomBytes(32).toString('base64url'), session },
    'session-dial',
  );
  await assertRefused('not-signed-in', { pass: first.pass, session }, 'session-active');
  await client.endSession(own);
});

test('what root’s CLI may ask, and what nobody may ask, is refused on the gateway’s socket', async () => {
  for (const type of ['kill-session', 'active-sessions', 'constructor', '__proto__', 'toString']) {
    const { ok, problem } = await gateway.ask(type as never, { session } as never);
    assert.equal(ok, undefined, type);
    assert.equal(problem?.code, 'bad-request');
  }
  assert.equal((await terminal.run('echo alive')).trim(), 'alive');
});

test('a session-host that is reached takes no hello without the session key', async () => {
  const socket = connectQuickly('vestibule-web', `${PATHS.sessions}/${session}/s`);
  const frames = new FrameStream(socket, MAX_SESSION_FRAME);
  const key = randomBytes(SESSION_KEY_BYTES);
  const version = SESSION_PROTOCOL_VERSION;
  const size = { rows: 1, columns: 1 };
  frames.send(encode(toSession, { name: 'hello', version, key, viewer: 0n, from: 0n, ...size }));
  frames.send(encode(toSession, { name: 'input', data: Buffer.from('touch /tmp/typed\r') }));
  assert.equal(await frames.next().catch(() => null), null, 'not a byte came');
  assert.equal((await terminal.run('ls /tmp/typed 2>&1')).includes('cannot access'), true);
});
