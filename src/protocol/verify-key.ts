/**
 * The leader's key for a conversation is signed by the host key, which only root has, so no process between browser and
 * leader can replace it by a key of its own and read the answers. The signature includes the id of the conversation, which
 * the process that starts the sign-in has just made: so the key cannot be an old one, whatever the clocks say. The
 * leader itself enforces the expiry.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { KEY_SIGNATURE_CONTEXT } from './broker-leader.ts';
import type { ConversationId } from './ids.ts';

export interface SignedKey {
  readonly public: Uint8Array;
  /** Unix ms, by the clock of the leader. */
  readonly expires: bigint;
  readonly signature: Uint8Array;
}

/** raw: the contents of host.pub, 32 bytes. */
export function importHostKey(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new Error(`a host key of ${raw.length} bytes, wanted 32`);
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** The reason why answers must not be sealed to this key; null: they may. */
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
