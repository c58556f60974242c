/** Splits typed or pasted bytes into input messages: a paste may be too long for one. */
import { encode } from '../../protocol/codec.ts';
import { toSession } from '../../protocol/gateway-session.ts';

const LONGEST = 16_384;

export function* inputFrames(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += LONGEST) {
    yield encode(toSession, { name: 'input', data: data.subarray(at, at + LONGEST) });
  }
}
