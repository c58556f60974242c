/** The cgroup of a session's programs where clone3(2) cannot put them into it: old kernels, strict containers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccount } from '../lib/accounts.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { openSession } from '../lib/leader/sessions.ts';
import { cgroupOf, listRunning } from '../lib/processes.ts';

setUpLeaders({
  profiles: {
    plain: ['auth required %FAKE%', 'account required %FAKE%', 'session required %FAKE%'],
  },
  through: ['build/test-c/no-clone3'],
});
const kim = makeAccount('group-kim');

test('it joins the group by itself, and ends with it', async () => {
  const client = await openSession({ user: kim.name, service: 'plain' });
  client.spawn({ argv: ['/bin/sh', '-c', '(setsid sleep 995 &); echo ready; sleep 994'] });
  const { pid } = await client.expect('spawned');
  await (await client.view()).until(/ready/);
  assert.match(cgroupOf(pid), new RegExp(`/vestibule-${client.session}$`));
  await client.end();
  assert.deepEqual(listRunning(kim.uid), []);
});
