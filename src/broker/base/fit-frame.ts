/** Lists may be larger than a frame: they are sent in parts, or only their newest items are. */
import { MAX_FRAME } from '../../protocol/gateway-broker.ts';

/** Bytes of a part. The rest of the frame is for the message around it. */
const PART = MAX_FRAME / 2;

/** Splits in order. An item that is larger than a part becomes a part of its own. */
export function splitToFit<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (size > room || parts.length === 0) {
      parts.push([]);
      room = PART;
    }
    parts.at(-1)!.push(item);
    room -= size;
  }
  return parts;
}

/** As many of the last items as fit a part, in order. */
export function lastThatFit<T>(items: readonly T[]): T[] {
  return (splitToFit(items.toReversed())[0] ?? []).toReversed();
}
