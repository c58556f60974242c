import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { parseConfiguration } from '../config/load.ts';
import { greet, type JsonObject, parseJson, sendJson } from '../protocol/json-frame.ts';
import type { Context } from './context.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-cli-'));
const socket = join(folder, 's');
const servicesFile = join(folder, 'services');
let server: Server | null = null;
afterEach(() => server?.close());
after(() => rmSync(folder, { recursive: true }));

/** A broker that gives one answer to each question. */
async function fakeBroker(answer: (ask: JsonObject) => object | null): Promise<void> {
  const fake = createServer((stream) => {
    void greet(stream).then(async (frames) => {
      const frame = await frames.next();
      if (frame === null) return;
      const ask = parseJson(frame);
      const body = answer(ask);
      if (body === null) frames.destroy();
      else sendJson(frames, { id: ask.id, ...body });
    });
  });
  server = fake;
  await new Promise<void>((resolve) => fake.listen(socket, resolve));
}

async function call(args: string, changes: Partial<Context> & { text?: string } = {}) {
  let [out, err] = ['', ''];
  const data = Buffer.from(changes.text ?? '');
  const context: Context = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    uid: 0,
    brokerSocket: socket,
    servicesFile,
    grantKey: join(folder, 'grant.key'),
    reader: null,
    load: () => parseConfiguration([{ name: 'f', data }]),
    exitStatus: 0,
    ...changes,
  };
  const status = await runCli(args.split(' '), context);
  return { status, out, err };
}

const STATUS = {
  version: '1',
  brokerStarted: 0,
  gatewayConnected: true,
  loginProfile: 'vestibule',
  sessionProfile: 'su',
  tickets: 2,
  sessions: 3,
  pamSessions: 5,
  homeSessions: 2,
  idlePamSessions: 1,
  troubles: [],
  warnings: ["no /etc/pam.d/vestibule,\x1b[2J PAM uses 'other'"],
};
const ID = '0123456789abcdef0123456789abcdef';
const SESSION = {
  id: ID,
  kind: 'run',
  name: 'sly\x1b]0;x\x07\u202e',
  state: 'running',
  started: 0,
  ended: null,
  tty: 'pts/3',
  exitStatus: null,
  lastWords: '',
  endedBy: null,
  problem: null,
  step: null,
  activity: 60_000,
  usage: { memory: 3_355_443, processes: 4, cpu: 1.26, cpuShare: null },
  user: 'alice',
  uid: 61000,
  pamSession: 'b'.repeat(32),
  pid: 42,
  origin: 'cli',
  address: '',
  conversation: null,
  stuck: null,
};

test('status shows how the server is, control characters escaped', async () => {
  await fakeBroker(({ type }) => (type === 'status' ? { ok: STATUS } : null));
  const { status, out, err } = await call('status');
  assert.equal(err, '');
  assert.equal(status, 0);
  assert.match(
    out,
    /^vestibule 1, broker running since 1970-01-01T00:00:00.000Z\ngateway: connected\n/,
  );
  assert.match(out, /^warning: no \/etc\/pam.d\/vestibule,\\x1b\[2J PAM uses 'other'$/m);
  const json = await call('status --json');
  assert.deepEqual(JSON.parse(json.out), { running: true, ...STATUS, services: [] });
});

test('status says what keeps the server from its work, and ends with 4', async () => {
  const troubles = [{ kind: 'full', path: '/x', text: "the disk of '/x' is full: make room" }];
  await fakeBroker(() => ({ ok: { ...STATUS, troubles } }));
  const { status, out, err } = await call('status');
  assert.deepEqual([status, err], [4, '']);
  assert.match(out, /^trouble: the disk of '\/x' is full: make room$/m);
  assert.deepEqual(JSON.parse((await call('status --json')).out).troubles, troubles);
});

/** The file of services as a running supervise writes it. */
async function asSupervise<T>(lines: readonly string[], work: () => Promise<T>): Promise<T> {
  const program = join(folder, 'vestibule-supervise');
  copyFileSync('/bin/sleep', program);
  const supervise = spawn(program, ['600']);
  await once(supervise, 'spawn');
  writeFileSync(servicesFile, [supervise.pid, ...lines, ''].join('\n'));
  try {
    return await work();
  } finally {
    rmSync(servicesFile);
    supervise.kill();
    await once(supervise, 'exit');
  }
}

test('status says which service does not run and why, and ends with 4', async () => {
  await fakeBroker(() => ({ ok: { ...STATUS, gatewayConnected: false } }));
  const lines = [
    'rootd\trunning\t0\t',
    'broker\trunning\t0\t',
    'gateway\twaiting\t7\tno \x1b[2Jkey',
  ];
  const [{ status, out, err }, json] = await asSupervise(lines, async () => [
    await call('status'),
    await call('status --json'),
  ]);
  assert.deepEqual([status, err, json.status], [4, '', 4]);
  assert.match(out, /^trouble: the gateway does not run, it failed 7 times: no \\x1b\[2Jkey$/m);
  assert.deepEqual(JSON.parse(json.out).services[2], {
    ...{ name: 'gateway', state: 'waiting', failures: 7, reason: 'no \x1b[2Jkey' },
  });
});

test('status of a server whose broker does not run says why, without waiting for it', async () => {
  const lines = ['rootd\trunning\t0\t', 'broker\tstarting\t1\tno disk', 'gateway\trunning\t0\t'];
  const [{ status, out }, json] = await asSupervise(lines, async () => [
    await call('status'),
    await call('status --json'),
  ]);
  assert.deepEqual(
    [status, out],
    [4, 'trouble: the broker does not run, it failed once: no disk\n'],
  );
  assert.equal(JSON.parse(json.out).running, false);
});

test('status ends with 4 while the gateway is not connected', async () => {
  await fakeBroker(() => ({ ok: { ...STATUS, gatewayConnected: false } }));
  const { status, out } = await call('status');
  assert.equal(status, 4);
  assert.match(out, /^trouble: the gateway is not connected to the broker$/m);
});

test('status waits 5 s for a broker that does not answer', async () => {
  await fakeBroker(() => ({}) as never);
  server!.removeAllListeners('connection');
  const lines = ['rootd\trunning\t0\t', 'broker\trunning\t0\t', 'gateway\trunning\t0\t'];
  const { status, out } = await asSupervise(lines, () => call('status'));
  assert.deepEqual(
    [status, out],
    [
      4,
      'trouble: wanted an answer from the broker, got none: it was given 5 s; if this goes on, restart the server\n',
    ],
  );
});

test('what a supervise that is gone wrote about its services says nothing', async () => {
  writeFileSync(servicesFile, '4194304\ngateway\twaiting\t7\tno key\n');
  await fakeBroker(() => ({ ok: STATUS }));
  assert.equal((await call('status')).status, 0);
  rmSync(servicesFile);
});

test('set-database-aside says where the old one is', async () => {
  await fakeBroker(({ type }) =>
    type === 'set-database-aside' ? { ok: { aside: '/x.aside' } } : null,
  );
  const { status, out } = await call('set-database-aside');
  assert.deepEqual([status, out], [0, "the old database is '/x.aside' now, a new one is in use\n"]);
  assert.equal((await call('set-database-aside --json')).out, '{"aside":"/x.aside"}\n');
});

test('status of a server that does not run ends with 3', async () => {
  const { status, out, err } = await call('status');
  assert.deepEqual([status, out], [3, '']);
  assert.match(err, /^vestibule: wanted the server at '.*', got ENOENT; is it running\? .*\n$/);
  const json = await call('status --json');
  assert.deepEqual([json.status, json.out], [3, '{"running":false}\n']);
});

test('active-sessions lists sessions in columns, or as JSON, control characters escaped', async () => {
  let idle = 0;
  await fakeBroker(() => ({ ok: { sessions: [SESSION], next: null, idle } }));
  const { out } = await call('active-sessions');
  const [head, row, ...more] = out.split('\n');
  assert.match(
    head ?? '',
    /^SESSION +USER +NAME +STATE +PID +TTY +STARTED +ACTIVE +MEMORY +PROCS +CPU +FROM +PAM SESSION$/,
  );
  assert.match(
    row ?? '',
    /^0123456789abcdef\w{16} +alice +sly\\x1b\]0;x\\x07\\u202e +running +42 +pts\/3 .* 1970-01-01T00:01:00Z +3\.2 MiB +4 +1\.3 s +cli +b{32}$/,
  );
  assert.deepEqual(more, ['']);
  const json = await call('active-sessions --json');
  assert.deepEqual(JSON.parse(json.out), [SESSION]);
  assert.doesNotMatch(json.out.trimEnd(), /[\p{Cc}\p{Bidi_Control}]/v);
  idle = 1;
  assert.match(
    (await call('active-sessions')).out,
    /\n1 PAM session is open although .* lists them\n$/,
  );
  idle = 2;
  assert.match((await call('active-sessions')).out, /\n2 PAM sessions are open although /);
});

test('active-sessions --ended says why one failed, and where the log has it', async () => {
  const problem = {
    code: 'session-refused',
    text: 'No.\nToo many\x07.',
    reference: '0123456789ab',
  };
  const over = { ...SESSION, ended: 60_000, activity: null, usage: null };
  const failed = { ...over, state: 'failed', pamSession: null, problem };
  const exited = { ...over, state: 'ended', exitStatus: 3 };
  const killed = { ...exited, endedBy: 'user' };
  const starting = { ...SESSION, state: 'starting', step: 'pam' };
  await fakeBroker(({ ended }) =>
    ended === true
      ? { ok: { sessions: [failed, starting, exited, killed] } }
      : { ok: { sessions: [] } },
  );
  const { out } = await call('active-sessions --ended');
  const [head, first, second, third, fourth, why] = out.split('\n');
  assert.match(head ?? '', / STARTED +ENDED +HOW +ACTIVE /);
  const ended = '1970-01-01T00:01:00Z +';
  assert.match(first ?? '', new RegExp(` failed .* ${ended}session-refused +- +- +- +- +cli +-$`));
  assert.match(second ?? '', / starting: pam .*:00Z +- +- /);
  assert.match(third ?? '', new RegExp(` ended .* ${ended}exit status 3 `));
  assert.match(fourth ?? '', new RegExp(` ended .* ${ended}ended by the user `));
  assert.doesNotMatch((await call('active-sessions')).out, /ENDED|HOW/);
  assert.equal(why, `${ID}: No. Too many\\x07. (reference 0123456789ab in the log)`);
});

test('rename-session says the name as it is now; refuses what is no session id', async () => {
  await fakeBroker(({ type, session, name }) =>
    type === 'rename-session' && session === ID ? { ok: { session: { ...SESSION, name } } } : null,
  );
  assert.equal((await call(`rename-session ${ID} build`)).out, `session ${ID} is 'build'\n`);
  const json = await call(`rename-session --json ${ID} build`);
  assert.equal(JSON.parse(json.out).name, 'build');
  const { status, err } = await call('rename-session ../x build');
  assert.equal(status, 2);
  assert.match(err, /wanted a session's 32 hexadecimal digits, got '\.\.\/x'/);
});

/** The broker's answer to kill-session and pam close. */
const END = { state: 'ended', ended: 60_000, already: false, pamSession: 'closed' };

for (const [changes, wanted] of [
  [{}, 'has ended; its PAM session is closed'],
  [{ pamSession: 'open' }, 'has ended; its PAM session stays open'],
  [{ state: 'failed', pamSession: 'failed' }, 'has ended; its PAM session was never open'],
  [{ pamSession: null }, 'has ended'],
  [{ already: true }, 'had ended already, at 1970-01-01T00:01:00.000Z'],
  [{ already: true, state: 'failed' }, 'had failed already, at 1970-01-01T00:01:00.000Z'],
] as const) {
  test(`kill-session: ${wanted}`, async () => {
    await fakeBroker(({ type, session }) =>
      type === 'kill-session' && session === ID ? { ok: { ...END, ...changes } } : null,
    );
    const { status, out } = await call(`kill-session ${ID}`);
    assert.deepEqual([status, out], [0, `session ${ID} ${wanted}\n`]);
    const json = await call(`kill-session --json ${ID}`);
    assert.deepEqual(JSON.parse(json.out), { session: ID, ...END, ...changes });
  });
}

for (const [changes, wanted] of [
  [{}, 'has ended; its PAM session is closed'],
  [{ pamSession: 'open' }, 'has ended; its PAM session stays open: other sessions run in it'],
  [{ pamSession: null }, 'has ended'],
  [{ already: true }, 'had ended already, at 1970-01-01T00:01:00.000Z; its PAM session is closed'],
] as const) {
  test(`force-suspend-session: ${wanted}`, async () => {
    await fakeBroker(({ type, session }) =>
      type === 'force-suspend-session' && session === ID ? { ok: { ...END, ...changes } } : null,
    );
    const { status, out } = await call(`force-suspend-session ${ID}`);
    assert.deepEqual([status, out], [0, `session ${ID} ${wanted}\n`]);
    const json = await call(`force-suspend-session --json ${ID}`);
    assert.deepEqual(JSON.parse(json.out), { session: ID, ...END, ...changes });
  });
}

test('force-suspend-session refuses what is no session id without asking', async () => {
  const { status, err } = await call('force-suspend-session ../x');
  assert.deepEqual([status, /got '\.\.\/x'/.test(err)], [2, true]);
});

test('force-suspend-all counts what it ended, and names what it could not close', async () => {
  let ok = { sessions: 1, pamSessions: 2, left: [] as object[] };
  await fakeBroker(({ type }) => (type === 'force-suspend-all' ? { ok } : null));
  const well = await call('force-suspend-all');
  assert.deepEqual([well.status, well.out], [0, '1 session ended, 2 PAM sessions closed\n']);
  ok = { sessions: 2, pamSessions: 1, left: [{ id: ID, state: 'stuck' }] };
  const { status, out, err } = await call('force-suspend-all');
  assert.deepEqual([status, out], [1, '2 sessions ended, 1 PAM session closed\n']);
  assert.match(err, new RegExp(`wanted all PAM sessions to be closed, got: ${ID} is 'stuck'`));
  assert.deepEqual(JSON.parse((await call('force-suspend-all --json')).out), ok);
});

test('kill-session refuses what is no session id without asking', async () => {
  const { status, err } = await call('kill-session ../x');
  assert.equal(status, 2);
  assert.match(err, /^vestibule: wanted a session's 32 hexadecimal digits, got '\.\.\/x'/);
});

test("a problem is the broker's sentence with its reference", async () => {
  const problem = {
    code: 'session-not-found',
    text: 'There is no such session.',
    reference: 'abc',
  };
  await fakeBroker(() => ({ problem }));
  const { status, err } = await call(`kill-session ${ID}`);
  assert.deepEqual(
    [status, err],
    [1, 'vestibule: There is no such session. (reference abc in the log)\n'],
  );
});

const PAM_SESSION = {
  ...{ id: ID, user: 'alice', uid: 61000, state: 'open', home: true, label: '', place: 'local' },
  ...{ profile: 'su', close: 'asked', address: '', leader: 41, started: 0, ended: null },
  ...{ problem: null, stuck: null, sessions: ['a'.repeat(32)] },
};

test('pam sessions lists PAM sessions with what runs in them, in pages, or as JSON', async () => {
  const label = 'Build\x1b[2J';
  const rest = { ...PAM_SESSION, id: 'b'.repeat(32), home: false, label, leader: 0, sessions: [] };
  await fakeBroker(({ type, after }) => {
    if (type !== 'pam-sessions') return null;
    return { ok: { pamSessions: [after ? rest : PAM_SESSION], next: after ? null : ID } };
  });
  const { out } = await call('pam sessions');
  const [, first, second] = out.split('\n');
  assert.match(first!, new RegExp(`^${ID} +alice +open +yes +su +41 .* ${'a'.repeat(32)}$`));
  assert.match(second!, /^b{32} +alice +open +no +su +- .* idle, was for 'Build\\x1b\[2J'$/);
  const json = await call('pam sessions --json');
  assert.deepEqual(JSON.parse(json.out), [PAM_SESSION, rest]);
});

test('pam sessions --ended says when and how each ended', async () => {
  const over = { ...PAM_SESSION, ended: 60_000, state: 'closed', sessions: [] };
  const problem = { code: 'session-profile', text: 'No.', reference: '0123456789ab' };
  const failed = { ...over, state: 'failed', problem };
  const all = [PAM_SESSION, over, failed, { ...over, state: 'unclean' }];
  await fakeBroker(({ ended }) =>
    ended === true ? { ok: { pamSessions: all, next: null } } : null,
  );
  const [head, ...rows] = (await call('pam sessions --ended')).out.split('\n');
  assert.match(head!, / STARTED +ENDED +HOW +SESSIONS$/);
  const when = '1970-01-01T00:01:00Z +';
  for (const [index, wanted] of [
    ' - +- +a{32}$',
    ` ${when}in order +-$`,
    ` ${when}session-profile +-$`,
    ` ${when}its leader died +-$`,
    '^\\w{32}: No\\. \\(reference',
  ].entries())
    assert.match(rows[index] ?? '', new RegExp(wanted));
});

test('pam close names the PAM session and waits for the answer', async () => {
  let end = { state: 'closed', ended: 60_000, already: false };
  await fakeBroker(({ type, pamSession }) =>
    type === 'close-pam-session' && pamSession === ID ? { ok: end } : null,
  );
  assert.equal((await call(`pam close ${ID}`)).out, `PAM session ${ID} is closed\n`);
  const json = await call(`pam close --json ${ID}`);
  assert.deepEqual(JSON.parse(json.out), { pamSession: ID, ...end });
  end = { ...end, already: true };
  const again = await call(`pam close ${ID}`);
  const when = 'at 1970-01-01T00:01:00.000Z';
  assert.deepEqual(
    [again.status, again.out],
    [0, `PAM session ${ID} was closed already, ${when}\n`],
  );
  end = { ...end, state: 'unclean' };
  assert.match((await call(`pam close ${ID}`)).out, / had ended already, .*: its leader died$/m);
  const { status, err } = await call('pam close ../x');
  assert.equal(status, 2);
  assert.match(
    err,
    /wanted a PAM session's 32 hexadecimal digits, got '..\/x'; 'vestibule pam sessions'/,
  );
});

test('active-sessions says what a stuck session waits for', async () => {
  const stuck = { ...SESSION, state: 'stuck', stuck: 'Process 7 (cp) waits.' };
  await fakeBroker(() => ({ ok: { sessions: [stuck] } }));
  const [, , why] = (await call('active-sessions')).out.split('\n');
  assert.equal(why, `${ID}: stuck. Process 7 (cp) waits.`);
});

test('a broker that does not answer is not waited for without end', async () => {
  const fake = createServer((stream) => void greet(stream));
  server = fake;
  await new Promise<void>((resolve) => fake.listen(socket, resolve));
  for (const args of ['active-sessions', `kill-session ${ID}`, 'sign-out ada']) {
    const { status, err } = await call(args, { answerSeconds: 0.02 });
    assert.deepEqual(
      [status, err],
      [
        1,
        "vestibule: wanted an answer from the broker, got none: it was given 0.02 s; 'vestibule status' shows the state of the server\n",
      ],
    );
  }
});

test('a broker that ends instead of answering is one line', async () => {
  await fakeBroker(() => null);
  const { status, err } = await call('status');
  assert.equal(status, 1);
  assert.match(err, /^vestibule: wanted an answer from the broker, got none: .*\n$/);
});

for (const args of ['pam test su ada setcred', 'status', 'active-sessions', `kill-session ${ID}`]) {
  test(`${args} wants root`, async () => {
    const { status, err } = await call(args, { uid: 1000 });
    assert.deepEqual([status, err], [1, 'vestibule: wanted uid 0, got uid 1000; run it as root\n']);
  });
}

test('run wants root, and says so with 125', async () => {
  const { status, err } = await call('run alice -- id', { uid: 1000 });
  assert.deepEqual([status, err], [125, 'vestibule: wanted uid 0, got uid 1000; run it as root\n']);
});

test('a command line that makes no sense ends with 2, that of run with 125', async () => {
  assert.equal((await call('frobnicate')).status, 2);
  assert.equal((await call('status --\x1b[1m')).status, 2);
  assert.doesNotMatch((await call('status --\x1b[1m')).err.trimEnd(), /\p{Cc}/v);
  assert.equal((await call('run alice')).status, 125);
  assert.equal((await call('run --nonsense alice -- id')).status, 125);
  assert.equal((await call('--help')).status, 0);
});

test('config check lists every problem with its line and fails', async () => {
  const text = 'www-port=x\nwwwport=1\n';
  const { status, out } = await call('config check', { text });
  assert.equal(status, 1);
  assert.match(
    out,
    /^f:1: error: 'www-port' wanted .*\nf:2: error: wanted the name .*\(did you mean 'www-port'\?\)\n/,
  );
  const json = JSON.parse((await call('config check --json', { text })).out);
  assert.equal(json.ok, false);
  assert.deepEqual(
    json.problems
      .slice(0, 2)
      .map(({ level, line }: { level: string; line: number }) => [level, line]),
    [
      ['error', 1],
      ['error', 2],
    ],
  );
});

test('config check by others than root says what it could not look at', async () => {
  const text = 'ssl-certificate=/c\nssl-certificate-key=/k\n';
  const { out } = await call('config check', { text, uid: 1000 });
  assert.match(out, /^\/c:1: warning: not checked: only root can read the key; run it as root$/m);
});

test('config show tells value and origin of every option', async () => {
  const text = '\nwww-port=9000\nauth-pam-sessions-enabled=0\n';
  const { status, out } = await call('config show', { text });
  assert.equal(status, 0);
  assert.match(out, /^www-port +9000 +f:2$/m);
  assert.match(out, /^auth-pam-sessions-enabled +0 +f:3$/m);
  assert.match(out, /^www-session-port +8788 +default$/m);
  const rows = JSON.parse((await call('config show --json', { text })).out);
  assert.deepEqual(
    rows.find(({ key }: { key: string }) => key === 'www-port'),
    { key: 'www-port', value: 9000, origin: { file: 'f', line: 2 } },
  );
});

test('config show of a wrong configuration tells the problems apart and fails', async () => {
  const { status, out, err } = await call('config show', { text: 'www-port=x\n' });
  assert.equal(status, 1);
  assert.match(err, /^f:1: error: 'www-port' wanted/);
  assert.match(out, /^www-port +8787 +default$/m);
});
