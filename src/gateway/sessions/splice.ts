/**
 * Passes a page's messages and a session-host's frames on unchanged. When one side reads too slowly the other has to
 * wait: the page's TCP window closes, or the session-host treats the viewer as slow.
 */
import type { WebSocket } from 'ws';
import type { Joined } from '../../launcher/join-session.ts';
import { encode } from '../../protocol/codec.ts';
import { fromSession, toSession } from '../../protocol/gateway-session.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import { Outbox } from '../http/outbox.ts';

/** Without hello, which only the gateway sends as it carries the session key, and check, which the gateway answers. */
const FROM_PAGE: readonly (number | undefined)[] = Object.values(toSession)
  .filter((spec) => spec !== toSession.hello && spec !== toSession.check)
  .map((spec) => spec.type);

const ALIVE = encode(fromSession, { name: 'alive' });

/** ws: paused. hello: the session-host's, not yet sent to the page. */
export interface Splice extends Joined {
  readonly ws: WebSocket;
  readonly viewerBytes: number;
  /** A person typed. */
  readonly typed: () => void;
  /** Ends both sides. */
  readonly close: (code: number) => void;
}

export function splice(both: Splice): void {
  const outbox = new Outbox(both.ws, both.viewerBytes);
  passOutput(both, outbox);
  passInput(both, outbox);
}

function passInput({ ws, frames, typed, close }: Splice, outbox: Outbox): void {
  ws.on('message', (message: Buffer, binary) => {
    if (binary && message.length === 1 && message[0] === toSession.check.type) {
      outbox.answer(ALIVE);
      return;
    }
    if (!binary || !FROM_PAGE.includes(message[0])) {
      close(CLOSE_CODES.protocol);
      return;
    }
    if (message[0] === toSession.input.type) typed();
    if (!frames.send(message)) ws.pause();
  });
  ws.resume();
}

function passOutput({ ws, frames, hello, close }: Splice, outbox: Outbox): void {
  let exited = false;
  outbox.send(encode(fromSession, hello));
  outbox.room = () => frames.resume();
  frames.listen({
    frame: (payload) => {
      exited = payload[0] === fromSession.exit.type;
      outbox.send(payload);
      if (outbox.full) frames.pause();
    },
    // Without an exit only this viewer was dropped, for example because the key was replaced: the page may come back.
    close: () => close(exited ? CLOSE_CODES.sessionEnded : CLOSE_CODES.unavailable),
    drain: () => ws.resume(),
  });
}
