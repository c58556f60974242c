/**
 * Frames of one JSON object each, as in gateway-broker.ts and cli-broker.ts, and the hello that both sides send first.
 */
import type { Duplex } from 'node:stream';
import { FrameError, FrameStream } from './frame.ts';
import { BROKER_PROTOCOL_VERSION, MAX_FRAME } from './gateway-broker.ts';

/** Timeout for the hello of the peer. */
const HELLO_MS = 10_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonObject = { readonly [key: string]: unknown };

export function sendJson(frames: FrameStream, value: object): boolean {
  return frames.send(Buffer.from(JSON.stringify(value)));
}

/** The object in a frame; anything but one JSON object in UTF-8 is an error. */
export function parseJson(payload: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(payload));
  } catch {
    throw new FrameError('a frame does not contain JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrameError('the JSON in a frame is not an object');
  }
  return value as JsonObject;
}

/** Sends our hello and waits for that of the peer. Destroys the stream and rejects if the peer sends something else. */
export async function greet(stream: Duplex): Promise<FrameStream> {
  const frames = new FrameStream(stream, MAX_FRAME);
  const timer = setTimeout(
    () => frames.destroy(new FrameError(`no hello came within ${HELLO_MS} ms`)),
    HELLO_MS,
  );
  try {
    sendJson(frames, { hello: 'vestibule', version: BROKER_PROTOCOL_VERSION });
    const first = await frames.next();
    if (first === null) throw new FrameError('the peer ended the connection before its hello');
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
  if (hello.hello !== 'vestibule') throw new FrameError('the first frame is not a hello');
  if (hello.version !== BROKER_PROTOCOL_VERSION) {
    throw new FrameError(
      `the peer speaks version ${String(hello.version)}, wanted ${BROKER_PROTOCOL_VERSION}: restart both`,
    );
  }
}
