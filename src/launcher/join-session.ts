/**
 * Joins a session that speaks gateway-session.ts: hello with the session's key, then the session-host's hello. What
 * comes is written by a process of the user's and may be anything.
 */
import type { Duplex } from 'node:stream';
import { decode, encode, type MessageOf } from '../protocol/codec.ts';
import { FrameStream } from '../protocol/frame.ts';
import {
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../protocol/gateway-session.ts';

export type Viewer = Omit<MessageOf<typeof toSession, 'hello'>, 'name' | 'version'>;
export type HostHello = MessageOf<typeof fromSession, 'hello'>;
export interface Joined {
  /** What follows the session-host's hello. */
  readonly frames: FrameStream;
  readonly hello: HostHello;
}

/** Rejects, the stream destroyed, when no such hello comes, or none before the signal aborts. */
export async function joinSession(
  stream: Duplex,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<Joined> {
  const frames = new FrameStream(stream, MAX_SESSION_FRAME);
  const giveUp = (): void => frames.destroy(signal.reason);
  signal.addEventListener('abort', giveUp);
  try {
    signal.throwIfAborted();
    const version = SESSION_PROTOCOL_VERSION;
    frames.send(encode(toSession, { ...viewer, name: 'hello', version }));
    return { frames, hello: readHello(await frames.next()) };
  } catch (error) {
    frames.destroy();
    const wanted = `wanted a session-host's hello of version ${SESSION_PROTOCOL_VERSION}`;
    throw new Error(`${wanted}, got ${(error as Error).message}`);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function readHello(frame: Uint8Array | null): HostHello {
  if (frame === null) throw new Error('the end of the connection; the log says why');
  const message = decode(fromSession, frame);
  if (message.name !== 'hello') throw new Error(`the message '${message.name}'`);
  if (message.version === SESSION_PROTOCOL_VERSION) return message;
  throw new Error(`version ${message.version}; start the session anew`);
}
