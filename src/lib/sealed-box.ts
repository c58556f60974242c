/** The crypto_box_seal of libsodium: only the owner of the recipient's X25519 secret key can open it; the sender stays unknown. */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';

const SIGMA = new TextEncoder().encode('expand 32-byte k');

/** The result is 48 bytes longer than the message: ephemeral public key (32), Poly1305 tag (16), ciphertext. */
export function sealBox(message: Uint8Array, recipient: Uint8Array): Uint8Array {
  const ephemeral = x25519.keygen();
  const shared = x25519.getSharedSecret(ephemeral.secretKey, recipient);
  const nonce = blake2b(concatBytes(ephemeral.publicKey, recipient), { dkLen: 24 });
  const sharedWords = words(shared);
  const key = new Uint32Array(8);
  hsalsa(words(SIGMA), sharedWords, new Uint32Array(4), key);
  const sealed = xsalsa20poly1305(new Uint8Array(key.buffer), nonce).encrypt(message);
  for (const secret of [ephemeral.secretKey, shared, sharedWords, key]) secret.fill(0);
  return concatBytes(ephemeral.publicKey, sealed);
}

/** A copy, because a view needs an aligned offset. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}
