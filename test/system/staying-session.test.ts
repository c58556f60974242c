/** A PAM session that stays open for several programs: who gets one more in it, and who does not. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { LEADER_STAGES } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders, UNIX_LOGIN } from '../lib/leader/fixture.ts';
import { signIn } from '../lib/leader/sessions.ts';
import { listProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';

const MOST = 64;
setUpLeaders({ profiles: { vestibule: UNIX_LOGIN } });
const [ann, ben] = [makeAccount('stay-ann'), makeAccount('stay-ben')];

const newSession = () => randomBytes(16).toString('hex');
const countPrograms = () => listProcesses().filter(({ uid }) => uid === ann.uid).length;

async function openStaying(grant: Uint8Array): Promise<Client> {
  const client = await Client.greet('broker');
  client.open({ user: ann.name, grant, stays: true });
  await client.expect('opened');
  return client;
}

/** Its programs end with it. */
async function close(client: Client): Promise<void> {
  client.send({ name: 'end', session: client.session });
  await until(() => countPrograms() === 0, 'no program is left');
}

test('without a grant of this user nobody gets a further program; those that run go on', async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const others = (await signIn(ben.name, ben.password)).grant;
  const client = await openStaying(grant);
  client.spawn({ session: newSession(), grant });
  await client.expect('spawned');
  for (const bad of [new Uint8Array(), grant.subarray(1), others]) {
    const session = newSession();
    client.spawn({ session, grant: bad });
    const failed = await client.expect('failed');
    assert.deepEqual([LEADER_STAGES[failed.stage], failed.session], ['grant', session]);
    assert.equal(failed.text, 'that is no grant for this user, or it is over');
  }
  client.spawn({ session: newSession(), grant });
  await client.expect('spawned');
  await close(client);
});

test(`it takes ${MOST} programs; one more is refused in words, and again taken when one has ended`, async () => {
  const { grant } = await signIn(ann.name, ann.password);
  const client = await openStaying(grant);
  const sessions = Array.from({ length: MOST }, newSession);
  for (const session of sessions) {
    client.spawn({ session, grant });
    await client.expect('spawned');
  }
  client.spawn({ session: newSession(), grant });
  const failed = await client.expect('failed');
  assert.deepEqual([LEADER_STAGES[failed.stage], failed.code], ['spawn', 24]);
  assert.equal(failed.text, 'this PAM session has as many programs as it may have');
  const first = sessions[0]!;
  client.send({ name: 'end', session: first });
  await client.expect('exited');
  assert.equal((await client.expect('ended')).session, first);
  client.send({ name: 'end', session: first }); // it is written down
  client.spawn({ session: newSession(), grant });
  await client.expect('spawned');
  await close(client);
});
