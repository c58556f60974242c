/** Two of `vestibule pam test` at once use one /dev/log: whichever ends first leaves it to the other. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';

const SCRIPT = '/tmp/write-line';
const USER = 'together-ada';

setUpLeaders({
  profiles: {
    'asks-then-writes': [
      'auth required %FAKE% auth=ask:1',
      `auth required pam_exec.so quiet ${SCRIPT}`,
    ],
  },
});
makeAccount(USER);
before(() => writeFileSync(SCRIPT, '#!/bin/sh\nexec logger "a line"\n', { mode: 0o755 }));

/** Has /dev/log from before its first question. */
async function begin(): Promise<() => Promise<void>> {
  const client = await Client.greet('root', PATHS.pamTest);
  const conversation = Buffer.from(client.conversation, 'hex');
  client.user = USER;
  const wish = { conversation, service: 'asks-then-writes', user: USER, rhost: '' };
  client.send({ name: 'test', ...wish, operations: ['authenticate'] });
  await client.takeKey();
  const prompt = await client.expectPrompt();
  return async () => {
    client.reply(prompt, 'answer-0');
    assert.match((await client.expect('logged')).line, /a line$/);
    assert.equal((await client.expect('tested')).code, 0);
    await client.expectEnd();
  };
}

test('the one that ends first, and it may be either, takes nothing from the other', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    assert.equal(existsSync('/dev/log'), false);
    const finish = [await begin(), await begin()];
    await finish[order[0]!]!();
    assert.equal(existsSync('/dev/log'), true);
    await finish[order[1]!]!();
    assert.equal(existsSync('/dev/log'), false, 'the last one takes it away');
  }
});

test('what a killed one could not take away the next one does', async () => {
  writeFileSync('/dev/log', '', { mode: 0o600 });
  await (await begin())();
  assert.equal(existsSync('/dev/log'), false);
});
