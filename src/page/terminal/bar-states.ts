/** How each state of the connection is shown. */
import { texts } from '../texts.ts';
import type { ConnectionState } from './connection.ts';
import type { BarState } from './state-bar.ts';

export interface BarActions {
  readonly tryNow: () => void;
  /** To the home origin, for a new pass or a new sign-in. */
  readonly enter: () => void;
  readonly reload: () => void;
}

export interface Remarks {
  /** How the program ended, in words; '' before. */
  readonly exit: string;
  /** What happens to input that is typed without a connection; '': nothing was typed. */
  readonly typed: string;
}

export function describeState(
  state: ConnectionState,
  { exit, typed }: Remarks,
  actions: BarActions,
): BarState {
  const words = texts.terminal;
  const waiting = (text: string): string => (typed === '' ? text : `${text} ${typed}`);
  switch (state) {
    case 'connecting':
    case 'enter':
      return { tone: 'wait', text: waiting(words.connecting) };
    case 'connected':
      return { tone: 'good', text: words.connected };
    case 'lost':
      return {
        tone: 'wait',
        text: waiting(words.lost),
        action: { text: words.tryNow, run: actions.tryNow },
      };
    case 'catchingUp':
      return { tone: 'wait', text: waiting(words.catchingUp) };
    case 'exited':
      return { tone: 'done', text: exit };
    case 'signedOut':
      return {
        tone: 'bad',
        text: words.signedOut,
        action: { text: words.signIn, run: actions.enter },
      };
    case 'gone':
      return { tone: 'bad', text: words.gone };
    case 'ended':
      return { tone: 'done', text: words.ended };
    case 'broken':
      return {
        tone: 'bad',
        text: words.broken,
        action: { text: words.reload, run: actions.reload },
      };
  }
}
