/**
 * GET /s/:id/socket: one viewer of a terminal. Dials the session, joins it with the hello that stands in the page's
 * address, and passes messages between the two.
 */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { type Joined, joinSession } from '../../launcher/join-session.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import { type Hello, readHello } from '../../protocol/socket-hello.ts';
import type { SocketHandler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { PASS_COOKIE, readCookie } from '../security/cookies.ts';
import { type DialledSession, dialSession } from './dial-session.ts';
import { hearEndedBy } from './hear-ended-by.ts';
import { markActive, recheckPass } from './hold-pass.ts';
import { splice } from './splice.ts';

export const openTerminal: SocketHandler = async (gateway, ws, incoming, id) => {
  const session = id as SessionId;
  // Until the session is joined: what the page sends meanwhile waits in the kernel.
  ws.pause();
  const hello = helloOf(incoming);
  const dialled = await dialSession(gateway, passOf(incoming), session);
  const { stream, pass, ticket } = dialled;
  ws.on('close', () => stream.destroy());
  if (!isOpen(ws)) {
    stream.destroy();
    return;
  }
  const ear = hearEndedBy(gateway.broker, dialled, session);
  ws.on('close', ear.release);
  const close = (code: number): void => {
    ws.close(code, code === CLOSE_CODES.sessionEnded ? (ear.heard() ?? '') : '');
    ws.resume(); // or the page's close frame would not be read
    stream.destroy();
  };
  ws.on(
    'close',
    gateway.revocations.hold(ticket, () => close(CLOSE_CODES.signedOut)),
  );
  ws.on('close', recheckPass(gateway, pass, session, close));
  const joined = await joinTerminal(ws, dialled, hello, gateway.limits.dialMs);
  if (joined === null) return;
  const typed = markActive(gateway, pass, session);
  splice({ ws, ...joined, viewerBytes: gateway.limits.viewerBytes, typed, close });
};

/** null: the WebSocket was closed meanwhile, by the page or by us. */
async function joinTerminal(
  ws: WebSocket,
  { stream, key }: DialledSession,
  hello: Hello,
  ms: number,
): Promise<Joined | null> {
  try {
    return await joinSession(stream, { ...hello, key }, AbortSignal.timeout(ms));
  } catch (error) {
    if (!isOpen(ws)) return null;
    throw new Failure('unavailable', `session not joined: ${(error as Error).message}`);
  }
}

function isOpen(ws: WebSocket): boolean {
  return ws.readyState === ws.OPEN;
}

function passOf(incoming: IncomingMessage): string | undefined {
  return readCookie(incoming.headers.cookie, PASS_COOKIE);
}

function helloOf(incoming: IncomingMessage): Hello {
  try {
    return readHello(incoming.url!);
  } catch (error) {
    throw new Failure('bad-request', `hello: ${(error as Error).message}`);
  }
}
