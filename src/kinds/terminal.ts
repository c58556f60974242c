import type { Kind } from './kind.ts';

/** The login shell of the account on a terminal in the browser. */
export const terminal: Kind = {
  name: 'terminal',
  title: 'Terminal',
  startedBy: 'person',
  pty: true,
  talk: 'terminal',
  ready: 'spawned',
  suspend: null,
  words: {
    silent: 'The program of your session does not answer.',
    cutOff:
      'It still runs, but nobody can get to its terminal: its socket was deleted. It can be ended.',
  },
};
