/** Sealed here, opened by real libsodium (test/c/open-sealed.c). */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { sealBox } from '../lib/sealed-box.ts';
import type { ConversationId } from './ids.ts';
import { type Answer, sealAnswer } from './seal-answer.ts';
import { ANSWER_LAYOUT, MAX_SECRET, SEALED_BYTES } from './sealed-answer.ts';

const program = 'build/test-c/open-sealed';
let keys: { public: string; secret: string };
before(() => {
  execFileSync('make', ['-s', program]);
  const [publicKey, secret] = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  keys = { public: publicKey!, secret: secret! };
});

const leaderKey = (): Uint8Array => Buffer.from(keys.public, 'hex');
const open = (sealed: Uint8Array) =>
  spawnSync(program, [keys.public, keys.secret], { input: sealed });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const answer: Answer = {
  conversation: '000102030405060708090a0b0c0d0e0f' as ConversationId,
  prompt: 3,
  expires: 1_800_000_000_123,
  user: 'ada',
  secret: bytes('pässword'),
};

test('libsodium opens a sealed box of any length', () => {
  for (const length of [0, 1, 15, 16, 31, 32, 33, 64, 576, 4096]) {
    const message = Buffer.alloc(length, length);
    const sealed = sealBox(message, leaderKey());
    assert.equal(sealed.length, length + 48);
    const opened = open(sealed);
    assert.equal(opened.status, 0);
    assert.deepEqual(opened.stdout, message);
  }
});

test('libsodium refuses a sealed box in which one bit is turned', () => {
  for (const at of [0, 31, 32, 47, 48, SEALED_BYTES - 1]) {
    const sealed = sealAnswer(answer, leaderKey());
    sealed[at]! ^= 1;
    assert.equal(open(sealed).status, 1, `byte ${at}`);
  }
});

test('the record has each field where the layout says', () => {
  const sealed = sealAnswer(answer, leaderKey());
  assert.equal(sealed.length, SEALED_BYTES);
  const record = open(sealed).stdout;
  assert.equal(record.length, ANSWER_LAYOUT.end);
  assert.equal(record.readUInt8(ANSWER_LAYOUT.version), 1);
  assert.equal(record.readUInt8(ANSWER_LAYOUT.purpose), 1);
  assert.equal(record.readUInt16BE(ANSWER_LAYOUT.length), answer.secret.length);
  assert.equal(record.readUInt32BE(ANSWER_LAYOUT.prompt), 3);
  assert.equal(record.readBigUInt64BE(ANSWER_LAYOUT.expires), 1_800_000_000_123n);
  const field = (from: number, to: number): string => record.subarray(from, to).toString('hex');
  assert.equal(field(ANSWER_LAYOUT.conversation, ANSWER_LAYOUT.user), answer.conversation);
  const hash = createHash('sha256').update('ada').digest('hex');
  assert.equal(field(ANSWER_LAYOUT.user, ANSWER_LAYOUT.secret), hash);
  const secret = Buffer.alloc(512);
  secret.set(answer.secret);
  assert.equal(field(ANSWER_LAYOUT.secret, ANSWER_LAYOUT.end), secret.toString('hex'));
});

test('the longest secret fits, a longer one and one with a NUL are refused', () => {
  const longest = sealAnswer(
    { ...answer, secret: new Uint8Array(MAX_SECRET).fill(97) },
    leaderKey(),
  );
  assert.equal(open(longest).stdout.readUInt16BE(ANSWER_LAYOUT.length), MAX_SECRET);
  const tooLong = { ...answer, secret: new Uint8Array(MAX_SECRET + 1).fill(97) };
  assert.throws(() => sealAnswer(tooLong, leaderKey()), /at most 511 bytes, this one has 512/);
  assert.throws(() => sealAnswer({ ...answer, secret: bytes('a\0b') }, leaderKey()), /NUL/);
});

test('a public key of low order is refused', () => {
  assert.throws(() => sealBox(bytes('secret'), new Uint8Array(32)));
});
