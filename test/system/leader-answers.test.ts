/** Sealed answers: one is good for one prompt of one conversation of one user until its time, and for nothing else. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sealBox } from '../../src/lib/sealed-box.ts';
import type { ConversationId } from '../../src/protocol/ids.ts';
import { ANSWER_LAYOUT } from '../../src/protocol/sealed-answer.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { expectRefusal } from '../lib/leader/connection.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { makeProfile } from '../lib/leader/machine.ts';

setUpLeaders({
  profiles: { vestibule: ['auth required %FAKE% auth=ask:2', 'account required %FAKE%'] },
});
makeAccount('answers');

async function beginConversation(): Promise<Client> {
  const client = await Client.greet('broker');
  client.authenticate('answers');
  await client.takeKey();
  await client.expectPrompt();
  return client;
}

const good = (client: Client): [Uint8Array, Uint8Array] => [
  client.seal('answer-0', 1),
  client.seal('answer-1', 2),
];

async function expectRefusedAnswer(
  client: Client,
  sealed: readonly Uint8Array[],
  why: RegExp,
  first = 0,
): Promise<void> {
  await expectRefusal(client, why, () => client.send({ name: 'answer', first, sealed }));
}

test('good answers are taken', async () => {
  const client = await beginConversation();
  client.send({ name: 'answer', first: 0, sealed: good(client) });
  assert.equal((await client.expect('authenticated')).user, 'answers');
});

test('an answer for another prompt, conversation, user or time ends the leader', async () => {
  const changes = [
    [{ prompt: 2 }, /refused for its prompt number/],
    [
      { conversation: randomBytes(16).toString('hex') as ConversationId },
      /refused for its conversation/,
    ],
    [{ user: 'answers2' }, /refused for its user/],
    [{ expires: Date.now() + 1000 }, /refused for its expiry/],
  ] as const;
  for (const [change, why] of changes) {
    const client = await beginConversation();
    await expectRefusedAnswer(client, [client.seal('answer-0', 1, change), good(client)[1]], why);
  }
});

test('a record with a wrong version, purpose, length, padding or a NUL ends the leader', async () => {
  const changes: readonly [number, number, RegExp][] = [
    [ANSWER_LAYOUT.version, 2, /its version/],
    [ANSWER_LAYOUT.purpose, 2, /its purpose/],
    [ANSWER_LAYOUT.length, 2, /its length/],
    [ANSWER_LAYOUT.length + 1, 9, /a NUL in it/],
    [ANSWER_LAYOUT.end - 1, 1, /its padding/],
  ];
  for (const [offset, value, why] of changes) {
    const client = await beginConversation();
    const record = new Uint8Array(ANSWER_LAYOUT.end);
    const view = new DataView(record.buffer);
    view.setUint8(ANSWER_LAYOUT.version, 1);
    view.setUint8(ANSWER_LAYOUT.purpose, 1);
    view.setUint16(ANSWER_LAYOUT.length, 8);
    view.setUint32(ANSWER_LAYOUT.prompt, 1);
    view.setBigUint64(ANSWER_LAYOUT.expires, client.leaderKey!.expires);
    record.set(Buffer.from(client.conversation, 'hex'), ANSWER_LAYOUT.conversation);
    record.set(
      new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from('answers'))),
      ANSWER_LAYOUT.user,
    );
    record.set(Buffer.from('answer-0'), ANSWER_LAYOUT.secret);
    record[offset] = value;
    await expectRefusedAnswer(
      client,
      [sealBox(record, client.leaderKey!.public), good(client)[1]],
      why,
    );
  }
});

test('what was sealed to another leader, or changed on the way, ends the leader', async () => {
  const other = await beginConversation();
  const client = await beginConversation();
  await expectRefusedAnswer(client, [...good(other)], /refused for its seal/);
  const changed = good(other);
  changed[0][600]! ^= 1;
  await expectRefusedAnswer(other, changed, /refused for its seal/);
});

test('too few, too many, too short or answers to another prompt end the leader', async () => {
  const cases: readonly ((client: Client) => [readonly Uint8Array[], number])[] = [
    (client) => [[good(client)[0]], 0],
    (client) => [[...good(client), client.seal('answer-2', 3)], 0],
    () => [[], 0],
    (client) => [[good(client)[0].subarray(1), good(client)[1]], 0],
    (client) => [good(client), 1],
  ];
  for (const change of cases) {
    const client = await beginConversation();
    const [sealed, first] = change(client);
    await expectRefusedAnswer(
      client,
      sealed,
      /answer\) from the broker in phase 1 refused: it is malformed/,
      first,
    );
  }
});

test('a longest answer is taken whole, a longer one cannot be made', async () => {
  makeProfile('vestibule', ['auth required %FAKE% auth=ask:1', 'account required %FAKE%']);
  const client = await Client.greet('broker');
  client.authenticate('answers');
  await client.takeKey();
  await client.answer('x'.repeat(511));
  assert.equal((await client.expect('failed')).code, 7);
});
