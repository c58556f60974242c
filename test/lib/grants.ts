/** Grants as only root can make them (src/root/leader/grant.c), to show what is refused although its MAC is right. */
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';

export interface GrantFields {
  readonly user: string;
  readonly uid: number;
  /** Unix ms */
  readonly issued?: number;
  readonly expires?: number;
  readonly version?: number;
}

export function makeGrant(
  fields: GrantFields,
  key: Uint8Array = readFileSync(PATHS.grantKey),
): Buffer {
  const { user, uid, issued = Date.now(), expires = issued + 60_000, version = 1 } = fields;
  const name = Buffer.from(user);
  const head = Buffer.alloc(23);
  head.writeUInt8(version, 0);
  head.writeUInt32BE(uid, 1);
  head.writeBigUInt64BE(BigInt(issued), 5);
  head.writeBigUInt64BE(BigInt(expires), 13);
  head.writeUInt16BE(name.length, 21);
  const body = Buffer.concat([head, name, randomBytes(16)]);
  // crypto_auth of libsodium: HMAC-SHA-512, the first 32 bytes of it.
  const mac = createHmac('sha512', key).update(body).digest().subarray(0, 32);
  return Buffer.concat([body, mac]);
}
