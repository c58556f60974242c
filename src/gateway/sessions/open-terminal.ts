/**
 * GET /s/:id/socket: one viewer of a terminal. The page's hello stands in the address; its messages and the
 * session-host's frames are passed on as they are, and whoever is slow makes the other side wait.
 */
import type { IncomingMessage } from 'node:http';
import type { SessionId } from '../../protocol/ids.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import { type Hello, readHello } from '../../protocol/socket-hello.ts';
import type { SocketHandler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { PASS_COOKIE, readCookie } from '../security/cookies.ts';
import { askDial, connectSession } from './dial.ts';
import { hearEndedBy } from './hear-ended-by.ts';
import { markActive, recheckPass } from './hold-pass.ts';
import { splice } from './splice.ts';

export const openTerminal: SocketHandler = async (gateway, ws, incoming, id) => {
  const session = id as SessionId;
  // Until there is somebody to take it: what a page types meanwhile waits in the kernel.
  ws.pause();
  const hello = helloOf(incoming);
  const dial = await askDial(gateway, passOf(incoming), session);
  const host = await connectSession(dial, hello, gateway.limits.dialMs);
  if (ws.readyState !== ws.OPEN) {
    host.destroy();
    return;
  }
  const ear = hearEndedBy(gateway.broker, dial, session);
  ws.on('close', ear.release);
  const close = (code: number): void => {
    ws.close(code, code === CLOSE_CODES.sessionEnded ? (ear.heard() ?? '') : '');
    ws.resume(); // or the page's own close would not be read
    host.destroy();
  };
  ws.on(
    'close',
    gateway.revocations.hold(dial.ticket, () => close(CLOSE_CODES.signedOut)),
  );
  ws.on('close', recheckPass(gateway, dial.pass, session, close));
  const typed = markActive(gateway, dial.pass, session);
  splice({ ws, host, viewerBytes: gateway.limits.viewerBytes, typed, close });
};

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
