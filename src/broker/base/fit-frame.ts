/** Lists may be longer than a frame: they travel in parts, or what is newest of them does. */
import { MAX_FRAME } from '../../protocol/gateway-broker.ts';

/** Bytes of a part: something stands around it. */
const PART = MAX_FRAME / 2;

/** In order, each as much as fits. An item that is larger than a part is a part of its own. */
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

/** The last of them, in order. */
export function lastThatFit<T>(items: readonly T[]): T[] {
  return (splitToFit(items.toReversed())[0] ?? []).toReversed();
}
