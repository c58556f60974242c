/**
 * The leader's key for a conversation: signed by the host key, which neither broker nor gateway has, so neither can
 * put in a key of its own and read the answers.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { KEY_SECONDS, KEY_SIGNATURE_CONTEXT } from '../../protocol/broker-leader.ts';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { ConversationKey } from '../../protocol/page-gateway.ts';
import { Failure } from '../problem.ts';

type SignedKey = Extract<BrokerSignInStep, { kind: 'prompts' }>['key'];

/** raw: the 32 bytes of host.pub. */
export function importHostKey(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new Error(`a host key of ${raw.length} bytes, wanted 32`);
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** now: Unix ms. Throws 'sign-in-unavailable' unless the key is the leader's and still good. */
export function verifyKey(
  hostKey: KeyObject,
  conversation: ConversationId,
  key: SignedKey,
  now: number,
): ConversationKey {
  const publicKey = Buffer.from(key.public, 'base64');
  if (publicKey.length !== 32) throw refuse(`it has ${publicKey.length} bytes, wanted 32`);
  if (!Number.isSafeInteger(key.expires) || key.expires <= now) throw refuse('it has expired');
  if (key.expires > now + KEY_SECONDS * 1000) throw refuse('it lasts longer than any key may');
  const expires = Buffer.alloc(8);
  expires.writeBigUInt64BE(BigInt(key.expires));
  const signed = Buffer.concat([
    Buffer.from(KEY_SIGNATURE_CONTEXT),
    Buffer.from(conversation, 'hex'),
    publicKey,
    expires,
  ]);
  if (!verify(null, signed, hostKey, Buffer.from(key.signature, 'base64'))) {
    throw refuse('the host key did not sign it');
  }
  return { public: publicKey.toString('base64'), expires: key.expires };
}

function refuse(why: string): Failure {
  return new Failure('sign-in-unavailable', `conversation key refused: ${why}`);
}
