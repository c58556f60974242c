import type { Kind } from './kind.ts';

/** What root's command line runs (`vestibule run`): it belongs to that command, so it is listed and never entered. */
export const run: Kind = {
  name: 'run',
  title: 'Command',
  startedBy: 'root',
  pty: false,
  talk: null,
  ready: 'spawned',
  suspend: null,
  words: {
    silent: 'The command does not answer.',
    cutOff: 'It still runs, and its socket was deleted.',
  },
};
