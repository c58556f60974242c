/** The cgroup of a session's programs where clone3(2) cannot put them into it: old kernels, strict containers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Account, makeAccount } from '../lib/accounts.ts';
import {
  configure,
  makeProfile,
  openSession,
  prepareMachine,
  startRootd,
  stopRootd,
} from '../lib/leader.ts';
import { listRunning } from '../lib/processes.ts';

let kim: Account;
before(async () => {
  prepareMachine();
  configure([]);
  makeProfile('plain', [
    'auth required %FAKE%',
    'account required %FAKE%',
    'session required %FAKE%',
  ]);
  kim = makeAccount('group-kim');
  await startRootd('build/test-c/no-clone3');
});
after(stopRootd);

test('it joins the group by itself, and ends with it', async () => {
  const client = await openSession({ user: kim.name, service: 'plain' });
  client.spawn({ argv: ['/bin/sh', '-c', '(setsid sleep 995 &); echo ready; sleep 994'] });
  const { pid } = await client.expect('spawned');
  await (await client.view()).until(/ready/);
  const group = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  assert.match(group, new RegExp(`^0::.*/vestibule-${client.session}$`, 'm'));
  await client.end();
  assert.deepEqual(listRunning(kim.uid), []);
});
