/** Decides what a terminal does when its connection has closed. */
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';

export interface Closed {
  readonly code: number;
  /** The program's exit status has been received. */
  readonly exited: boolean;
  /** This page has shown the session. */
  readonly joined: boolean;
  /** This tab has just been to the home origin for a pass. */
  readonly entered: boolean;
}
/** Why it does not reconnect. enter: it goes to the home origin for a pass, where the person may have to sign in. */
export type Ending = 'enter' | 'exited' | 'signedOut' | 'gone' | 'ended' | 'broken';

export function decideAfterClose({ code, exited, joined, entered }: Closed): 'retry' | Ending {
  if (exited) return 'exited';
  switch (code) {
    case CLOSE_CODES.signedOut:
      // A person who is signed out in the middle of their work keeps the screen.
      return joined || entered ? 'signedOut' : 'enter';
    case CLOSE_CODES.sessionNotFound:
      return 'gone';
    case CLOSE_CODES.sessionEnded:
      return 'ended';
    case CLOSE_CODES.protocol:
      return 'broken';
    default:
      return 'retry';
  }
}
