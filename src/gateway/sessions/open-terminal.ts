/**
 * GET /s/:id/socket: one viewer of a terminal. The page's hello comes first; then its messages and the session-host's
 * frames are passed on as they are, and whoever is slow makes the other side wait.
 */
import type { IncomingMessage } from 'node:http';
import { CodecError, decode } from '../../protocol/codec.ts';
import { SESSION_PROTOCOL_VERSION, toSession } from '../../protocol/gateway-session.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import type { SocketHandler } from '../gateway.ts';
import { Failure } from '../problem.ts';
import { PASS_COOKIE, readCookie } from '../security/cookies.ts';
import { askDial, connectSession, type Hello } from './dial.ts';
import { markActive, recheckPass } from './hold-pass.ts';
import { Inbox } from './inbox.ts';
import { splice } from './splice.ts';

export const openTerminal: SocketHandler = async (gateway, ws, incoming, id) => {
  const session = id as SessionId;
  const inbox = new Inbox(ws);
  const hello = readHello(await inbox.first(gateway.limits.helloMs));
  const dial = await askDial(gateway, passOf(incoming), session);
  const host = await connectSession(dial, hello, gateway.limits.helloMs);
  if (ws.readyState !== ws.OPEN) {
    host.destroy();
    return;
  }
  const close = (code: number): void => {
    ws.close(code);
    ws.resume(); // or the page's own close would not be read
    host.destroy();
  };
  ws.on(
    'close',
    gateway.revocations.hold(dial.ticket, () => close(CLOSE_CODES.signedOut)),
  );
  ws.on('close', recheckPass(gateway, dial.pass, session, close));
  const typed = markActive(gateway, dial.pass, session);
  splice({ ws, inbox, host, viewerBytes: gateway.limits.viewerBytes, typed, close });
};

function passOf(incoming: IncomingMessage): string | undefined {
  return readCookie(incoming.headers.cookie, PASS_COOKIE);
}

function readHello(payload: Buffer): Hello {
  try {
    const message = decode(toSession, payload);
    if (message.name !== 'hello') throw new CodecError(`wanted hello, came ${message.name}`);
    if (message.version !== SESSION_PROTOCOL_VERSION) {
      throw new CodecError(`wanted version ${SESSION_PROTOCOL_VERSION}, came ${message.version}`);
    }
    if (message.key.length > 0) throw new CodecError('a page has no session key');
    return message;
  } catch (error) {
    throw new Failure('bad-request', `first message: ${(error as Error).message}`);
  }
}
