/** A leader that has nothing to do takes no processor time. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readProcessState } from '../../src/lib/process-state.ts';
import { makeAccount } from '../lib/accounts.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { openSession } from '../lib/leader/sessions.ts';
import { parentOf } from '../lib/processes.ts';
import { until } from '../lib/product.ts';

setUpLeaders();

test('while its program works, a leader sleeps', async () => {
  const user = makeAccount('idle-ivy');
  const client = await openSession({ user: user.name });
  client.spawn({ argv: ['/bin/cat'] });
  const { pid } = await client.expect('spawned');
  const leader = parentOf(parentOf(pid));
  // It said so before it gave back memory.
  await until(() => readProcessState(leader)?.state === 'S', 'the leader sleeps');
  const viewer = await client.view();
  // Nanoseconds on a processor (proc(5), schedstat); the bytes of a viewer do not pass the leader.
  const onProcessor = (): string =>
    readFileSync(`/proc/${leader}/schedstat`, 'utf8').split(' ')[0]!;
  viewer.type('one\n');
  await viewer.until(/one/);
  const before = onProcessor();
  viewer.type('two\n');
  await viewer.until(/two/);
  assert.equal(onProcessor(), before);
  await client.end();
});
