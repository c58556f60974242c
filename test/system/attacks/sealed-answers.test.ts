/** A sealed answer is good for one prompt of one conversation of one user, once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { SignInStep } from '../../../src/protocol/page-gateway.ts';
import { sealAnswer } from '../../../src/protocol/seal-answer.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Prompts, sealAll, WebClient } from '../../lib/client.ts';
import { logged, readAudit, readLog, startWith, stopAll } from '../../lib/intruder.ts';
import type { Server } from '../../lib/server.ts';

let server: Server;
let ada: Account;
let eve: Account;
const clients: WebClient[] = [];

before(async () => {
  ada = makeAccount('ada-sa');
  eve = makeAccount('eve-sa');
  server = await startWith();
});

after(async () => {
  for (const client of clients) client.close();
  await stopAll(server);
});

function prompts(step: SignInStep): Prompts {
  assert.equal(step.kind, 'prompts');
  return step as Prompts;
}

async function begin(user: string): Promise<{ client: WebClient; step: Prompts }> {
  const client = new WebClient(server.url);
  clients.push(client);
  return { client, step: prompts(await client.beginSignIn(user)) };
}

const secretOf = ({ password }: Account): Uint8Array => Buffer.from(password);

/** The leader says why, the person gets no ticket, the audit has a row, and the conversation is over. */
async function assertRefused(
  client: WebClient,
  { conversation }: Prompts,
  answers: readonly string[],
  why: string,
): Promise<void> {
  const from = readLog().length;
  const refusal = client.answerSealed(conversation, answers);
  await assert.rejects(refusal, (error: { status: number }) => error.status >= 400);
  await logged(
    new RegExp(`vestibule-leader.*sealed answer to prompt \\d+ refused for ${why}\n`),
    from,
  );
  assert.equal(client.cookies.has('__Host-Http-vestibule-ticket'), false);
  assert.equal(readAudit().at(-1)?.event, 'sign-in-refused');
  const text = readLog().slice(from);
  assert.equal(/signed in: user|opened PAM session/.test(text), false, text);
  await assert.rejects(client.answerSealed(conversation, answers), { status: 410 });
}

test('an answer replayed to another conversation of the same user', async () => {
  const first = await begin(ada.name);
  const answers = sealAll(ada.name, first.step, [secretOf(ada)]);
  const second = await begin(ada.name);
  await assertRefused(second.client, second.step, answers, 'its seal');
  // Where it belongs it is good, once.
  const done = await first.client.answerSealed(first.step.conversation, answers);
  assert.equal(done.kind, 'signed-in');
  await assert.rejects(first.client.answerSealed(first.step.conversation, answers), {
    status: 410,
  });
});

test("an answer replayed to another user's conversation", async () => {
  const adas = await begin(ada.name);
  const answers = sealAll(ada.name, adas.step, [secretOf(ada)]);
  const eves = await begin(eve.name);
  await assertRefused(eves.client, eves.step, answers, 'its seal');
});

test('an answer replayed to the next prompt of its conversation, which asks for the same', async () => {
  const carol = makeAccount('carol-sa');
  execFileSync('chage', ['-d', '0', carol.name]);
  const { client, step } = await begin(carol.name);
  const answers = sealAll(carol.name, step, [secretOf(carol)]);
  // The password is right but expired: PAM asks for it again before it takes a new one.
  const next = prompts(await client.answerSealed(step.conversation, answers));
  assert.match(next.items.map(({ text }) => text).join(), /[Cc]urrent password/);
  await assertRefused(client, next, answers, 'its prompt number');
  const shadow = execFileSync('getent', ['shadow', carol.name], { encoding: 'utf8' });
  assert.equal(shadow.split(':')[2], '0', 'the password was not changed');
});

test('a record sealed to the right key with any field of another', async () => {
  const wrongs = {
    'its conversation': { conversation: '0'.repeat(32) as Prompts['conversation'] },
    'its user': { user: eve.name },
    'its prompt number': { prompt: 7 },
    'its expiry': { expires: Date.now() + 1 },
  };
  for (const [why, wrong] of Object.entries(wrongs)) {
    const { client, step } = await begin(ada.name);
    const { conversation, key, items } = step;
    const prompt = items.find(({ style }) => style === 'hidden')!.number;
    const right = { conversation, prompt, expires: key.expires, user: ada.name };
    const record = { ...right, ...wrong, secret: secretOf(ada) };
    const sealed = sealAnswer(record, Buffer.from(key.public, 'base64'));
    await assertRefused(client, step, [Buffer.from(sealed).toString('base64')], why);
  }
});

test('another browser’s conversation cannot be answered or cancelled', async () => {
  const { client, step } = await begin(ada.name);
  const answers = sealAll(ada.name, step, [secretOf(ada)]);
  const other = await begin(eve.name);
  await assert.rejects(other.client.answerSealed(step.conversation, answers), { status: 410 });
  await assert.rejects(other.client.askJson('DELETE', `/api/sign-in/${step.conversation}`), {
    status: 410,
  });
  const done = await client.answerSealed(step.conversation, answers);
  assert.equal(done.kind, 'signed-in');
});
