/** Whoever took the broker over has its uid and rootd's socket, but opens nothing for who has not signed in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  CLOSE_POLICIES,
  LEADER_STAGES,
  PATHS,
  toLeader,
} from '../../../src/protocol/broker-leader.ts';
import { encode } from '../../../src/protocol/codec.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { WebClient } from '../../lib/client.ts';
import { type GrantFields, makeGrant } from '../../lib/grants.ts';
import { logged, readAudit, readLog, runAs, startWith, stopAll } from '../../lib/intruder.ts';
import { Client, type OpenWish, type SpawnWish } from '../../lib/leader/client.ts';
import { openSession, signIn } from '../../lib/leader/sessions.ts';
import { findProcesses, listProcesses } from '../../lib/processes.ts';
import type { Server } from '../../lib/server.ts';

type Stage = (typeof LEADER_STAGES)[number];
let server: Server;
let ada: Account;
let eve: Account;
/** Ada's, from a real sign-in. */
let grant: Uint8Array;
const ROOT_PASSWORD = 'the password of root, for a test';

before(async () => {
  ada = makeAccount('ada-bu', ['crowd-bu']);
  eve = makeAccount('eve-bu', ['crowd-bu']);
  makeAccount('out-bu');
  execFileSync('chpasswd', {
    input: `root:${ROOT_PASSWORD}\ndaemon:${ROOT_PASSWORD}\nout-bu:${ROOT_PASSWORD}\n`,
  });
  server = await startWith(['auth-required-user-group=crowd-bu']);
  // The real one would end what it does not know.
  signalBroker('SIGSTOP');
  grant = (await signIn(ada.name, ada.password)).grant;
});

after(async () => {
  signalBroker('SIGCONT');
  await stopAll(server);
});

function signalBroker(signal: NodeJS.Signals): void {
  for (const { pid } of findProcesses('/dist/broker.js')) process.kill(pid, signal);
}

const uidOf = (user: string): number =>
  Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));

/** The request fails in that stage, the log says so, and nothing is left of it. */
async function assertRefused(
  stage: Stage,
  wish: OpenWish,
  user: string = wish.user,
): Promise<void> {
  const from = readLog().length;
  const client = await Client.greet('broker');
  client.open({ pty: true, ...wish });
  const failed = await client.expect('failed');
  assert.equal(LEADER_STAGES[failed.stage], stage, failed.text);
  // What is asked after a refusal is asked of nobody.
  client.spawn();
  await client.expectEnd();
  const number = LEADER_STAGES.indexOf(stage);
  await logged(new RegExp(`vestibule-leader.*user '${user}'.* failed in stage ${number} `), from);
  assertNothingRuns(client.pamSession);
}

function assertNothingRuns(pamSession: string): void {
  assert.deepEqual(readdirSync(PATHS.leaders), []);
  assert.deepEqual(readdirSync(PATHS.sessions), []);
  assert.equal(readLog().includes(`opened PAM session ${pamSession}`), false);
  assert.equal(execFileSync('who', { encoding: 'utf8' }), '');
  for (const account of [ada, eve]) {
    assert.deepEqual(
      listProcesses().filter(({ uid }) => uid === account.uid),
      [],
    );
  }
}

const made = (fields: Partial<GrantFields> = {}): Buffer =>
  makeGrant({ user: ada.name, uid: ada.uid, ...fields });

test('the grant of somebody who signed in does open a session: what follows is refused for its fault alone', async () => {
  for (const good of [grant, made()]) {
    const client = await Client.greet('broker');
    client.open({ user: ada.name, grant: good, pty: true });
    await client.expect('opened');
    await client.end();
    await client.expectEnd();
  }
});

test('a user who has not signed in: no grant, and what is no grant', async () => {
  await assertRefused('grant', { user: ada.name });
  for (const size of [1, 31, 32, 33, 81, 4096, 65_535]) {
    await assertRefused('grant', { user: ada.name, grant: randomBytes(size) });
  }
});

test('a grant changed in any field, cut or made longer', async () => {
  const mac = grant.length - 32;
  for (const at of [0, 1, 4, 5, 13, 20, 22, 23, mac - 16, mac, grant.length - 1]) {
    const forged = Uint8Array.from(grant);
    forged[at]! ^= 1;
    await assertRefused('grant', { user: ada.name, grant: forged });
  }
  await assertRefused('grant', { user: ada.name, grant: grant.subarray(1) });
  await assertRefused('grant', { user: ada.name, grant: grant.subarray(0, -1) });
  await assertRefused('grant', { user: ada.name, grant: Buffer.concat([grant, Buffer.alloc(1)]) });
});

test('a grant under a key of the attacker’s', async () => {
  const forged = makeGrant({ user: ada.name, uid: ada.uid }, randomBytes(32));
  await assertRefused('grant', { user: ada.name, grant: forged });
  const zeros = makeGrant({ user: ada.name, uid: ada.uid }, Buffer.alloc(32));
  await assertRefused('grant', { user: ada.name, grant: zeros });
});

test('a grant that has expired', async () => {
  const now = Date.now();
  await assertRefused('grant', {
    user: ada.name,
    grant: made({ issued: now - 2000, expires: now - 1000 }),
  });
});

test("another user's grant, and one of the name's earlier owner", async () => {
  await assertRefused('grant', { user: eve.name, grant });
  await assertRefused('grant', { user: eve.name, grant: made({ uid: eve.uid }) });
  await assertRefused('grant', { user: ada.name, grant: made({ uid: ada.uid + 7 }) });
  await assertRefused('grant', { user: ada.name, grant: made({ version: 2 }) });
});

test('uid 0 and system uids, even with a grant whose MAC is right', async () => {
  for (const user of ['root', 'daemon', 'vestibule', 'vestibule-web']) {
    await assertRefused('grant', { user, grant });
    await assertRefused('policy', { user, grant: makeGrant({ user, uid: uidOf(user) }) });
  }
});

test('a user outside the required group, even with a grant from when they were in it', async () => {
  const uid = uidOf('out-bu');
  await assertRefused('policy', { user: 'out-bu', grant: makeGrant({ user: 'out-bu', uid }) });
});

test('a service that is not the configured one', async () => {
  for (const service of ['sudo', 'login', 'other', 'vestibule', 'su-l', '../su', '/etc/pam.d/su']) {
    await assertRefused('policy', { user: ada.name, grant, service });
  }
  await assertRefused('policy', { user: ada.name, grant, service: '' });
});

test('names that would be another file, option or line', async () => {
  for (const user of ['../ada', '-i', 'ada\nroot', 'ada/..', '', 'a'.repeat(300)]) {
    const client = await Client.greet('broker');
    client.open({ user, grant, pty: true });
    assert.equal(LEADER_STAGES[(await client.expect('failed')).stage], 'policy');
    await client.expectEnd();
    assertNothingRuns(client.pamSession);
  }
});

test('the id of a PAM session that is none, or that another one has', async () => {
  const first = await Client.greet('broker');
  first.open({ user: ada.name, grant, pty: true });
  await first.expect('opened');
  const second = await Client.greet('broker');
  second.open({
    user: eve.name,
    grant: makeGrant({ user: eve.name, uid: eve.uid }),
    pamSession: first.pamSession,
  });
  assert.equal(LEADER_STAGES[(await second.expect('failed')).stage], 'session');
  await second.expectEnd();
  // The first has lost nothing.
  assert.equal((await Client.adopt(first.pamSession)).state?.user, ada.name);
  await first.end();
  for (const pamSession of ['../../../etc/cron.d', 'x', first.pamSession.toUpperCase(), '']) {
    const third = await Client.greet('broker');
    third.open({ user: ada.name, grant, pamSession });
    await third.expectEnd();
  }
  await logged(
    /message 9 \(open\) from the broker in phase 0 refused: it is malformed|phase 2 refused/,
  );
});

/** Its leader drops the connection that asked, says so in the log, and runs nothing. */
async function assertDropped(client: Client, why: RegExp, ask: () => void): Promise<void> {
  const from = readLog().length;
  ask();
  await client.expectEnd();
  await logged(why, from);
  assert.deepEqual(programsOf(ada), []);
}

const programsOf = ({ uid }: Account) => listProcesses().filter((process) => process.uid === uid);

test('a program of its choice, or variables for the login shell', async () => {
  const wishes: SpawnWish[] = [
    { argv: ['/bin/sh', '-c', 'id >/tmp/broker-ran'] },
    { argv: ['/bin/bash'], environment: ['LD_PRELOAD=/tmp/x.so'] },
    { argv: [], environment: ['BASH_ENV=/tmp/x', 'LANG=C'] },
    { argv: [], environment: [] },
  ];
  for (const close of CLOSE_POLICIES)
    for (const wish of wishes) {
      const client = await Client.greet('broker');
      client.open({ user: ada.name, grant, pty: close === 'last-program', close });
      await client.expect('opened');
      await assertDropped(client, /message 21 \(run\) from the broker .* not from this peer/, () =>
        client.spawn(wish),
      );
      await (await Client.adopt(client.pamSession)).end();
    }
  assert.equal(existsSync('/tmp/broker-ran'), false);
});

test('the program and the variables that spawn had once are no message any more', async () => {
  const client = await Client.greet('broker');
  client.open({ user: ada.name, grant, pty: true });
  await client.expect('opened');
  await assertDropped(client, /message 11 \(spawn\) .* malformed/, () => {
    const { session, sessionKey: key } = client;
    const fields = { pty: 1, rows: 24, columns: 80, lossless: 0, scrollback: 1 << 20 };
    const run = encode(toLeader, {
      ...{ name: 'run', session, key, argv: ['/bin/sh'], environment: ['X=1'] },
      ...fields,
    });
    run[0] = toLeader.spawn.type;
    client.frames.send(run);
  });
  await (await Client.adopt(client.pamSession)).end();
});

test('a session that root opened: the broker neither starts its program nor takes over what runs in it', async () => {
  const root = await openSession({ user: eve.name, pty: true, attached: true });
  for (const ask of ['spawn', 'run', 'rotate'] as const) {
    const broker = await Client.adopt(root.pamSession);
    const number = toLeader[ask].type;
    await assertDropped(broker, new RegExp(`message ${number} .* not from this peer`), () => {
      if (ask === 'spawn') broker.spawn({ pty: true, grant });
      else if (ask === 'run') broker.spawn({ pty: true, argv: ['/bin/sh'] });
      else broker.send({ name: 'rotate', session: root.session, drop: 1, key: randomBytes(32) });
    });
  }
  root.spawn({ argv: ['/bin/cat'] });
  await root.expect('spawned');
  const viewer = await root.view();
  viewer.type('hers\n');
  await viewer.until(/hers/);
  // To list and end it is the broker's: `vestibule kill-session` asks it.
  const broker = await Client.adopt(root.pamSession);
  assert.equal(await broker.end(), 1);
});

test('another login profile than the configured one', async () => {
  for (const service of ['su', 'passwd', 'other', 'chfn']) {
    const client = await Client.greet('broker');
    client.authenticate(ada.name, service);
    assert.equal(LEADER_STAGES[(await client.expect('failed')).stage], 'policy');
    await client.expectEnd();
  }
});

test('keys, state and programs of root are out of reach of the broker’s uid', () => {
  const paths = [PATHS.grantKey, PATHS.hostSecretKey, PATHS.certificate, '/etc/shadow'];
  for (const path of paths) {
    const { status, stdout } = runAs('vestibule', `cat ${path}`);
    assert.notEqual(status, 0, path);
    assert.equal(stdout, '');
  }
  const installed = '/usr/local/lib/vestibule/current';
  for (const path of [
    PATHS.leaders,
    PATHS.sessions,
    `${PATHS.run}/rootd`,
    `${PATHS.run}/pam-test`,
    installed,
    `${installed}/bin`,
  ]) {
    assert.notEqual(runAs('vestibule', `touch ${path}/x`).status, 0, path);
  }
});

async function refuseOverHttps(user: string): Promise<void> {
  const web = new WebClient(server.url);
  await assert.rejects(web.signIn(user, Buffer.from(ROOT_PASSWORD)), { status: 403 });
  web.close();
  assert.deepEqual(
    [...web.cookies.keys()].filter((name) => name.includes('ticket')),
    [],
  );
  const row = readAudit().findLast((entry) => entry.user === user);
  assert.equal(row?.event, 'sign-in-refused');
  assert.equal(row.problem, 'sign-in-refused');
  assert.match(row.detail ?? '', /^policy: /);
}

test('root, a system user and an outsider do not sign in with their right passwords either', async () => {
  const users = ['root', 'daemon', 'out-bu'];
  for (const user of users) {
    const client = await Client.greet('broker');
    client.authenticate(user);
    await client.takeKey();
    await client.answer(ROOT_PASSWORD);
    assert.equal(LEADER_STAGES[(await client.expect('failed')).stage], 'policy');
  }
  signalBroker('SIGCONT');
  await Promise.all(users.map(refuseOverHttps));
});
