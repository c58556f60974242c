/** No secret stands where others may look: ps, /proc, logs, database, core dumps. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { writeHello } from '../../../src/protocol/socket-hello.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { sealAll, type Terminal, WebClient } from '../../lib/client.ts';
import { withDatabase } from '../../lib/database.ts';
import {
  FalseGateway,
  LOG,
  logged,
  ownProcesses,
  readLog,
  startWith,
  stopAll,
} from '../../lib/intruder.ts';
import { until } from '../../lib/product.ts';
import type { Server } from '../../lib/server.ts';

const wrongPassword = `wrong-${randomBytes(12).toString('hex')}`;
const forged = randomBytes(32).toString('base64url');
let server: Server;
let ada: Account;
let client: WebClient;
let session: SessionId;
let terminal: Terminal;
/** Name and text of each, in each form in which it travels. */
const secrets = new Map<string, string>();

before(async () => {
  ada = makeAccount('ada-se');
  server = await startWith();
  client = new WebClient(server.url);
  const step = await client.beginSignIn(ada.name);
  if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);
  secrets.set('sign-in cookie', client.cookies.get('__Host-Http-vestibule-sign-in')!);
  await client.answer(ada.name, step, [Buffer.from(ada.password)]);
  session = (await client.startTerminal()).id;
  const code = await client.enterCode(session);
  await client.ask('GET', code.href);
  terminal = await client.openTerminal(session, new URL(code.origin));
  await terminal.run('true');
  secrets.set('password', ada.password).set('wrong password', wrongPassword).set('forged', forged);
  secrets.set('ticket', client.cookies.get('__Host-Http-vestibule-ticket')!);
  secrets.set('cookie of entry', client.cookies.get('__Host-Http-vestibule-entry')!);
  secrets.set('cookie of the browser', client.cookies.get('__Host-Http-vestibule-browser')!);
  const pass = client.cookies.get(`__Secure-vestibule-session /s/${session}/`)!;
  secrets.set('pass', pass).set('code', code.searchParams.get('code')!);
  const gateway = await FalseGateway.connect();
  const key = Buffer.from((await gateway.ask('session-dial', { pass, session })).ok!.key, 'base64');
  secrets.set('session key', key.toString('base64')).set('session key, hex', key.toString('hex'));
  gateway.close();
  for (const path of [PATHS.grantKey, PATHS.hostSecretKey]) {
    const bytes = readFileSync(path);
    secrets.set(path, bytes.toString('base64')).set(`${path}, hex`, bytes.toString('hex'));
  }
  await provoke();
});

after(async () => {
  terminal?.ws.terminate();
  client?.close();
  await stopAll(server);
});

/** Everything that makes the server write about a secret it was shown. */
async function provoke(): Promise<void> {
  const other = new WebClient(server.url);
  const refused = other.signIn(ada.name, Buffer.from(wrongPassword)).catch(() => {});
  const body = { user: ada.name, password: ada.password };
  await other.ask('POST', '/api/sign-in', { body });
  const code = secrets.get('code')!;
  for (const cookie of [forged, secrets.get('ticket')!, ada.password]) {
    await other.ask('GET', '/api/home', {
      headers: { cookie: `__Host-Http-vestibule-ticket=${cookie};x` },
    });
    await other.ask('POST', '/api/sessions', {
      headers: {
        cookie: `__Host-Http-vestibule-ticket=${cookie}`,
        origin: 'https://elsewhere.example',
      },
    });
  }
  for (const query of [code, forged, ada.password]) {
    await other.ask('GET', `https://localhost:9444/s/${session}/enter?code=${query}`, {
      headers: { cookie: `__Host-Http-vestibule-entry=${forged}` },
    });
    await other.ask('GET', `/s/${session}/?ticket=${query}`);
  }
  for (const hello of [
    writeHello({ viewer: 0n, from: 0n, rows: 0, columns: 0 }),
    `?hello=${code}`,
  ]) {
    const ws = other.socket(new URL(`https://localhost:9444/s/${session}/socket${hello}`), {
      cookie: `__Secure-vestibule-session=${forged}`,
    });
    ws.on('error', () => {});
    await new Promise((resolve) => ws.on('close', resolve));
  }
  await refused;
  other.close();
}

function assertClean(where: string, text: string): void {
  for (const [name, secret] of secrets) {
    assert.equal(text.includes(secret), false, `${where} has the ${name}`);
  }
}

test('ps, and the command line and environment of every process', () => {
  const listing = execFileSync('ps', ['axeww'], { encoding: 'latin1' });
  assert.ok(listing.includes('vestibule-supervise'), 'ps shows our processes');
  assertClean('ps', listing);
  let seen = 0;
  for (const path of globSync('/proc/[0-9]*/{cmdline,environ,comm}')) {
    try {
      assertClean(path, readFileSync(path, 'latin1'));
      seen++;
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code !== 'ENOENT' &&
        (error as NodeJS.ErrnoException).code !== 'ESRCH'
      )
        throw error;
    }
  }
  assert.ok(seen > 20, `${seen} files`);
});

test('the log, which did write about all of it', () => {
  const log = readLog();
  for (const word of ['signed in', 'request-refused', 'request refused', 'sign-in-refused']) {
    assert.ok(log.includes(word), word);
  }
  assertClean(LOG, log);
  assert.equal(statSync(LOG).mode & 0o077, 0, 'and it is root’s');
});

test('every other file that could have one: /var/log, /run/vestibule, /tmp', () => {
  for (const path of globSync([
    '/var/log/**/*',
    '/run/vestibule/**/*',
    '/tmp/*',
    '/home/ada-se/**/*',
  ])) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
      assertClean(path, readFileSync(path, 'latin1'));
    }
  }
});

test('the database has hashes only, and is the broker’s alone', () => {
  withDatabase((database) => database.exec('PRAGMA wal_checkpoint'));
  const directory = `${PATHS.state}/broker`;
  for (const name of readdirSync(directory)) {
    const path = `${directory}/${name}`;
    assertClean(path, readFileSync(path, 'latin1'));
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
  for (const path of [PATHS.grantKey, PATHS.hostSecretKey, PATHS.certificate]) {
    assert.equal(statSync(path).mode & 0o7777, 0o600, path);
  }
});

test('an answer shows no more than it must: no ticket in a body, cookies out of scripts’ reach', async () => {
  const other = new WebClient(server.url);
  const step = await other.beginSignIn(ada.name);
  if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);

  const answers = sealAll(ada.name, step, [Buffer.from(ada.password)]);
  const { headers, text } = await other.ask('POST', `/api/sign-in/${step.conversation}`, {
    body: { answers },
  });
  const ticket = other.cookies.get('__Host-Http-vestibule-ticket')!;
  assert.equal(text.includes(ticket), false);
  for (const line of headers['set-cookie'] ?? []) {
    assert.match(line, /; Secure; HttpOnly; SameSite=(Lax|Strict)/);
    assert.doesNotMatch(line, /Domain=/i);
  }
  other.close();
});

test('gateway and broker leave no core, whatever the machine says', () => {
  const processes = ownProcesses().filter(
    ({ argv }) => argv[1] !== undefined && argv[0]!.endsWith('/node'),
  );
  assert.equal(processes.length, 2);
  for (const { pid, argv } of processes) {
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    assert.match(limits, /^Max core file size\s+0\s+0\s/m, argv[1]);
  }
});

/** wait status of a leader that was killed by SIGSEGV: bit 7 says that the kernel dumped its core (wait(2)). */
async function crash(pid: number): Promise<number> {
  // Where the machine's own hard limit is 0 this changes nothing.
  spawnSync('prlimit', ['--core=unlimited', '--pid', String(pid)]);
  process.kill(pid, 'SIGSEGV');
  const [, status] = await logged(
    new RegExp(`leader ${pid} of PAM session .* wait status (0x[0-9a-f]+)`),
  );
  return Number(status);
}

/** The watch is the parent. */
function leaders(): number[] {
  const all = ownProcesses().filter(({ argv }) => argv[0]!.endsWith('/vestibule-leader'));
  return all.filter(({ parent }) => all.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
}

test('a leader leaves no core although its limit allows one: not while it waits for a password, not in a session', async () => {
  /** The terminal's, and the one of the home session that the visit opened. */
  await until(() => leaders().length === 2, 'the leaders of earlier sign-ins are gone');
  const inSession = leaders();
  const other = new WebClient(server.url);
  await other.beginSignIn(ada.name);
  const [signingIn] = leaders().filter((pid) => !inSession.includes(pid));
  assert.equal(await crash(signingIn!), 11);
  for (const pid of inSession) assert.equal(await crash(pid), 11);
  other.close();
});

test('a session-host is not dumpable: its files in /proc are root’s', async () => {
  const { terminal: fresh } = await client.startShell();
  const [host] = ownProcesses().filter(({ argv }) => argv[0]!.endsWith('/vestibule-session-host'));
  assert.equal(host!.uid, ada.uid);
  assert.equal(statSync(`/proc/${host!.pid}/environ`).uid, 0);
  fresh.ws.terminate();
});
