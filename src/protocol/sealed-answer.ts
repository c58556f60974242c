/**
 * The record that the browser (or root's CLI) seals and the leader opens: it has a fixed size, so that it does not show
 * the length of the secret, and is put into a libsodium sealed box (48 bytes longer). All integers are big-endian.
 */
export const ANSWER_VERSION = 1;
/** Purposes: 1 = an answer in a PAM conversation. */
export const ANSWER_PURPOSE_PAM = 1;
/** Byte offsets; the end of one field is the start of the next. */
export const ANSWER_LAYOUT = {
  version: 0, // u8
  purpose: 1, // u8
  length: 2, // u16, bytes of the secret, 0 to 511
  prompt: 4, // u32, prompt number
  expires: 8, // u64, Unix ms, from the key message
  conversation: 16, // 16 bytes
  user: 32, // SHA-256 of the user name as sent in the request
  secret: 64, // the secret, then zeros to the end
  end: 576,
} as const;
/** Size of a sealed record, bytes: 576 + 32 (ephemeral public key) + 16 (Poly1305). */
export const SEALED_BYTES = 624;
/** PAM_MAX_RESP_SIZE without the NUL. */
export const MAX_SECRET = 511;
