/**
 * One JSON object a frame, as gateway-broker.ts and cli-broker.ts say, and the hello that both sides send first.
 */
import type { Duplex } from 'node:stream';
import { FrameError, FrameStream } from './frame.ts';
import { BROKER_PROTOCOL_VERSION, MAX_FRAME } from './gateway-broker.ts';

/** How long a peer may take for its hello. */
const HELLO_MS = 10_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonObject = { readonly [key: string]: unknown };

export function sendJson(frames: FrameStream, value: object): boolean {
  return frames.send(Buffer.from(JSON.stringify(value)));
}

/** The object in a frame; anything else than one object in UTF-8 is an error. */
export function parseJson(payload: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(payload));
  } catch {
    throw new FrameError('a frame holds no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrameError('a frame holds JSON, but no object');
  }
  return value as JsonObject;
}

/** Frames the stream, sends our hello and waits for the peer's. Rejects, the stream destroyed, when it is not one. */
export async function greet(stream: Duplex): Promise<FrameStream> {
  const frames = new FrameStream(stream, MAX_FRAME);
  const timer = setTimeout(
    () => frames.destroy(new FrameError(`no hello came within ${HELLO_MS} ms`)),
    HELLO_MS,
  );
  try {
    sendJson(frames, { hello: 'vestibule', version: BROKER_PROTOCOL_VERSION });
    const first = await frames.next();
    if (first === null) throw new FrameError('the peer ended before its hello');
    checkHello(parseJson(first));
    return frames;
  } catch (error) {
    frames.destroy(error as Error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function checkHello(hello: JsonObject): void {
  if (hello.hello !== 'vestibule') throw new FrameError('the first frame is no hello');
  if (hello.version !== BROKER_PROTOCOL_VERSION) {
    throw new FrameError(
      `the peer speaks version ${String(hello.version)}, wanted ${BROKER_PROTOCOL_VERSION}: restart both`,
    );
  }
}
