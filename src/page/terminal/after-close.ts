/** What a terminal does when its connection has closed. */
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';

export interface Closed {
  readonly code: number;
  /** The program's exit status came. */
  readonly exited: boolean;
  /** This page has shown the session. */
  readonly joined: boolean;
  /** This tab has just been to the home origin for a pass. */
  readonly entered: boolean;
}
/** Why it does not come back. enter: to the home origin for a pass, which may ask to sign in. */
export type Ending = 'enter' | 'exited' | 'signedOut' | 'gone' | 'ended' | 'broken';

export function decideAfterClose({ code, exited, joined, entered }: Closed): 'retry' | Ending {
  if (exited) return 'exited';
  switch (code) {
    case CLOSE_CODES.signedOut:
      // Who was signed out in the middle of their work keeps what stands on the screen.
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
