/** When a leader closes its PAM session: as its close policy says, with a broker or without one. */
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { LEADER_PHASES, PROGRAM_STATES } from '../../src/protocol/broker-leader.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { Client, newId, type OpenWish } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { logged, readLog } from '../lib/leader/log.ts';
import { signIn } from '../lib/leader/sessions.ts';

setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });
let kay: Account;
let grant: Uint8Array;
before(() => {
  kay = makeAccount('close-kay');
});
beforeEach(async () => {
  ({ grant } = await signIn(kay.name, kay.password));
});

async function openFor(close: OpenWish['close']): Promise<Client> {
  const client = await Client.greet('broker');
  client.open({ user: kay.name, grant, close });
  await client.expect('opened');
  return client;
}

async function start(client: Client, session: string): Promise<number> {
  client.spawn({ session });
  return (await client.expect('spawned')).pid;
}

/** The broker is killed: its connection ends, and no other comes. */
async function loseBroker(client: Client): Promise<void> {
  const from = readLog().length;
  client.socket.destroy();
  await logged(/connection of the broker closed/, from);
}

/** As the program's own end. */
function kill(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

test('last-program: without a broker the PAM session closes with its program, and the next one hears of it', async () => {
  const client = await openFor('last-program');
  const pid = await start(client, client.session);
  await loseBroker(client);
  kill(pid);
  await logged(new RegExp(`closed PAM session ${client.pamSession}`));
  const next = await Client.adopt(client.pamSession);
  const { phase, sessions, states, statuses } = next.state!;
  assert.equal(LEADER_PHASES[phase], 'closed');
  assert.deepEqual(
    [sessions, PROGRAM_STATES[states[0]!], statuses[0]],
    [[client.session], 'ended', 9],
  );
  next.send({ name: 'noted', session: '' });
  await next.expectEnd();
});

test('last-program: of two programs the second one’s end closes it, whichever that is', async () => {
  const client = await openFor('last-program');
  const [one, two] = [newId(), newId()];
  await start(client, one);
  const pid = await start(client, two);
  client.send({ name: 'end', session: one });
  assert.equal((await client.expect('exited')).session, one);
  assert.equal((await client.expect('ended')).session, one);
  client.send({ name: 'noted', session: one });
  kill(pid);
  assert.equal((await client.expect('exited')).session, two);
  // No ended: the PAM session does not stay open.
  assert.equal((await client.next())?.name, 'closed');
});

test('last-program: a program that does not start closes nothing, until another has ended', async () => {
  const client = await openFor('last-program');
  const root = await Client.adopt(client.pamSession, 'root');
  root.spawn({ session: newId(), argv: ['/gone'] });
  await client.expect('failed');
  const pid = await start(client, newId());
  kill(pid);
  await client.expect('exited');
  await client.expect('closed');
});

test('asked: the PAM session stays open when its last program has ended, with a broker and without one', async () => {
  const client = await openFor('asked');
  const first = await start(client, newId());
  kill(first);
  await client.expect('exited');
  await client.expect('ended');
  const session = newId();
  const second = await start(client, session);
  await loseBroker(client);
  const from = readLog().length;
  kill(second);
  await logged(new RegExp(`session ${session} ends: its program ended`), from);
  const next = await Client.adopt(client.pamSession);
  assert.equal(LEADER_PHASES[next.state!.phase], 'open');
  assert.equal(await next.end(), null);
});

test('close is answered once more when the PAM session is closed already', async () => {
  const client = await openFor('asked');
  await start(client, client.session);
  client.send({ name: 'close' });
  await client.expect('exited');
  await client.expect('closed');
  for (const name of ['close', 'close'] as const) {
    client.send({ name });
    await client.expect('closed');
  }
  client.send({ name: 'noted', session: '' });
  await client.expectEnd();
});
