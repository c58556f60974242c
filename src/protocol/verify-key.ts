/**
 * The leader's key for a conversation is signed by the host key, which only root has: whoever carries it cannot put
 * in a key of its own and read the answers. Who asks for a sign-in makes its id up, and both are signed together: so the
 * key is newer than the question, whatever the clocks of the two say. Its end is for the leader to see to.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { KEY_SIGNATURE_CONTEXT } from './broker-leader.ts';
import type { ConversationId } from './ids.ts';

export interface SignedKey {
  readonly public: Uint8Array;
  /** Unix ms by the leader's clock */
  readonly expires: bigint;
  readonly signature: Uint8Array;
}

/** raw: the 32 bytes of host.pub. */
export function importHostKey(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new Error(`a host key of ${raw.length} bytes, wanted 32`);
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Why answers must not be sealed to this key; null when they may. */
export function refuseKey(
  hostKey: KeyObject,
  conversation: ConversationId,
  key: SignedKey,
): string | null {
  if (key.public.length !== 32) return `it has ${key.public.length} bytes, wanted 32`;
  const expires = Buffer.alloc(8);
  expires.writeBigUInt64BE(key.expires);
  const context = Buffer.from(KEY_SIGNATURE_CONTEXT);
  const signed = Buffer.concat([context, Buffer.from(conversation, 'hex'), key.public, expires]);
  return verify(null, signed, hostKey, key.signature) ? null : 'the host key did not sign it';
}
