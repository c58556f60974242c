/** Fills and seals the record of sealed-answer.ts, for the page and for root's CLI. The leader opens it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { sealBox } from '../lib/sealed-box.ts';
import type { ConversationId } from './ids.ts';
import { ANSWER_LAYOUT, ANSWER_PURPOSE_PAM, ANSWER_VERSION, MAX_SECRET } from './sealed-answer.ts';

export interface Answer {
  readonly conversation: ConversationId;
  /** Number of the prompt. */
  readonly prompt: number;
  /** Unix ms, from the key message. */
  readonly expires: number;
  /** As sent in the request. */
  readonly user: string;
  /** UTF-8, without NUL. The caller wipes it. */
  readonly secret: Uint8Array;
}

/** SEALED_BYTES bytes that only the leader with this public key can open. */
export function sealAnswer(answer: Answer, leaderKey: Uint8Array): Uint8Array {
  const record = encodeAnswer(answer);
  try {
    return sealBox(record, leaderKey);
  } finally {
    record.fill(0);
  }
}

function encodeAnswer(answer: Answer): Uint8Array {
  const { conversation, prompt, expires, user, secret } = answer;
  if (secret.length > MAX_SECRET) {
    throw new RangeError(
      `an answer has at most ${MAX_SECRET} bytes, this one has ${secret.length}`,
    );
  }
  if (secret.includes(0)) throw new RangeError('an answer cannot hold a NUL');
  const record = new Uint8Array(ANSWER_LAYOUT.end);
  const view = new DataView(record.buffer);
  view.setUint8(ANSWER_LAYOUT.version, ANSWER_VERSION);
  view.setUint8(ANSWER_LAYOUT.purpose, ANSWER_PURPOSE_PAM);
  view.setUint16(ANSWER_LAYOUT.length, secret.length);
  view.setUint32(ANSWER_LAYOUT.prompt, prompt);
  view.setBigUint64(ANSWER_LAYOUT.expires, BigInt(expires));
  record.set(hexToBytes(conversation), ANSWER_LAYOUT.conversation);
  record.set(sha256(new TextEncoder().encode(user)), ANSWER_LAYOUT.user);
  record.set(secret, ANSWER_LAYOUT.secret);
  return record;
}
