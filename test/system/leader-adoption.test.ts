/** A leader outlives whoever asked for it: its control socket tells the whole state and takes over the session. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
  CLOSE_POLICIES,
  LEADER_PHASES,
  LEADER_PROTOCOL_VERSION,
  PATHS,
  PROGRAM_STATES,
} from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { startRootd } from '../lib/leader/rootd.ts';
import { openSession, signIn } from '../lib/leader/sessions.ts';
import { findProcesses } from '../lib/processes.ts';

setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });
const [pat, stranger] = [makeAccount('adopt-pat'), makeAccount('adopt-stranger')];

async function startForBroker(argv: readonly string[], pty = false): Promise<Client> {
  const { grant } = await signIn(pat.name, pat.password);
  const client = await Client.greet('broker');
  client.open({ user: pat.name, grant, pty });
  await client.expect('opened');
  await client.letRootSpawn({ argv });
  return client;
}

/** Closes the connection as kill -9 of the peer would, and waits until the leader has seen it. */
async function lose(client: Client): Promise<void> {
  const from = readLog().length;
  client.socket.destroy();
  await logged(/connection of the broker closed/, from);
}

test('the broker goes, the program lives; the next broker gets the whole state and can end it', async () => {
  const started = Date.now();
  const client = await startForBroker(
    ['/bin/sh', '-c', 'read -r word; echo "got $word"; cat'],
    true,
  );
  await lose(client);
  const again = await Client.adopt(client.pamSession);
  const { openedAt, pid, pids, ttys, states, ...rest } = again.state!;
  assert.ok(existsSync(`/proc/${pid}`));
  assert.deepEqual(rest, {
    name: 'hello',
    version: LEADER_PROTOCOL_VERSION,
    phase: LEADER_PHASES.indexOf('open'),
    pamSession: client.pamSession,
    user: pat.name,
    uid: pat.uid,
    service: 'su',
    label: 'a test',
    attached: 0,
    close: CLOSE_POLICIES.indexOf('last-program'),
    sessions: [client.session],
    statuses: [0],
  });
  assert.deepEqual([...states], [PROGRAM_STATES.indexOf('running')]);
  assert.match(ttys[0]!, /^\/dev\/pts\/\d+$/);
  assert.ok(existsSync(`/proc/${pids[0]}`));
  assert.ok(Number(openedAt) >= started && Number(openedAt) <= Date.now());
  const viewer = await client.view();
  viewer.type('hello\n');
  await viewer.until(/got hello/);
  assert.equal(await again.end(), 1);
});

test('rotate drops the viewers and makes the old key worthless', async () => {
  const client = await startForBroker(['/bin/cat']);
  const viewer = await client.view();
  const key = randomBytes(32);
  client.send({ name: 'rotate', session: client.session, drop: 1, key });
  await viewer.rest();
  await assert.rejects(client.view());
  client.sessionKey.set(key);
  const loyal = await client.view();
  const next = randomBytes(32);
  client.send({ name: 'rotate', session: client.session, drop: 0, key: next });
  loyal.type('still here\n');
  await loyal.until(/still here/);
  client.sessionKey.set(next);
  // Nothing answers a rotate: the new key is good as soon as it is there.
  while (!(await client.view().catch(() => null)));
  await client.end();
});

test('root and the broker may connect at the same time, nobody else', async () => {
  const client = await startForBroker(['/bin/sleep', '1000']);
  const root = await Client.adopt(client.pamSession, 'root');
  const path = `${PATHS.leaders}/${client.pamSession}`;
  for (const uid of [stranger.uid, pat.uid]) {
    const refused = Client.connect(uid, path);
    await refused.expectEnd();
  }
  await client.end();
  assert.equal(await root.expectClosed(), 1);
});

test('a ninth connection of the control socket is turned away', async () => {
  const client = await openSession({ user: pat.name });
  for (let i = 0; i < 8; i++) await Client.adopt(client.pamSession, 'root');
  const ninth = Client.connect('root', `${PATHS.leaders}/${client.pamSession}`);
  await ninth.expectEnd();
  await client.end();
});

test('silent connections of the broker’s uid keep nobody out', async () => {
  const client = await openSession({ user: pat.name });
  const path = `${PATHS.leaders}/${client.pamSession}`;
  const silent = Array.from({ length: 8 }, () => Client.connect('broker', path));
  await Client.adopt(client.pamSession, 'root');
  await silent[0]!.expectEnd();
  await client.end();
});

test('a program that ends while the broker is away: the leader waits until one has taken its status', async () => {
  const client = await startForBroker(['/bin/sh', '-c', 'read -r go; exit 7']);
  const viewer = await client.view();
  await lose(client);
  viewer.type('\n');
  await viewer.rest();
  await logged(new RegExp(`closed PAM session ${client.pamSession}`));
  assert.equal(existsSync(`${PATHS.sessions}/${client.session}`), false);
  for (const next of ['dies before it is written down', 'writes it down']) {
    const again = await Client.adopt(client.pamSession);
    const { phase, states, statuses } = again.state!;
    assert.equal(LEADER_PHASES[phase], 'closed', next);
    assert.deepEqual([PROGRAM_STATES[states[0]!], statuses[0]], ['ended', 7 << 8], next);
    if (next === 'writes it down') again.send({ name: 'noted', session: '' });
    else again.socket.destroy();
    if (next === 'writes it down') await again.expectEnd();
  }
  assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
});

test('a session of root’s that no broker knew does not wait for one', async () => {
  const client = await openSession({ user: pat.name });
  client.spawn({ argv: ['/bin/sh', '-c', 'exit 0'] });
  await client.expect('spawned');
  await client.expectClosed();
  await client.expectEnd();
  assert.equal(existsSync(`${PATHS.leaders}/${client.pamSession}`), false);
});

test('kill -9 of rootd loses nothing', async () => {
  const client = await startForBroker(['/bin/sleep', '1000']);
  process.kill(findProcesses('vestibule-rootd')[0]!.pid, 'SIGKILL');
  await startRootd();
  const again = await Client.adopt(client.pamSession);
  assert.equal(await again.end(), 1);
});
