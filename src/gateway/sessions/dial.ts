/** From a pass to a connection with the session's host: the broker's word, then its socket, then our hello. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { encode } from '../../protocol/codec.ts';
import { FrameStream } from '../../protocol/frame.ts';
import { type DialInfo, SECRET_PATTERN } from '../../protocol/gateway-broker.ts';
import { MAX_SESSION_FRAME, toSession } from '../../protocol/gateway-session.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Hello } from '../../protocol/socket-hello.ts';
import type { Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';

export async function askDial(
  gateway: Gateway,
  pass: string | undefined,
  session: SessionId,
): Promise<DialInfo & { readonly pass: string }> {
  if (pass === undefined) throw new Failure('not-signed-in', 'no pass came');
  if (!SECRET_PATTERN.test(pass)) throw new Failure('not-signed-in', 'a pass of another form');
  const info = await gateway.broker.request('session-dial', { pass, session });
  if (gateway.revocations.isRevoked(info.ticket)) {
    throw new Failure('not-signed-in', 'the ticket was revoked while the session was dialled');
  }
  return { ...info, pass };
}

/** hello: the page's, which has no key. */
export async function connectSession(
  { path, key }: DialInfo,
  hello: Hello,
  timeoutMs: number,
): Promise<FrameStream> {
  const socket = connect(path);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    socket.on('error', () => {}); // the attempt may still fail after its time
    socket.destroy();
    throw new Failure('unavailable', `session-host not reached: ${(error as Error).message}`);
  }
  const frames = new FrameStream(socket, MAX_SESSION_FRAME);
  frames.send(encode(toSession, { ...hello, key: Buffer.from(key, 'base64') }));
  return frames;
}
