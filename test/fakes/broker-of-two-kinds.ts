/** The broker of the product with one more kind: a login shell without a terminal. */
import { runBroker } from '../../src/broker/run-broker.ts';
import type { Kind } from '../../src/kinds/kind.ts';
import { KINDS } from '../../src/kinds/kinds.ts';

const job: Kind = {
  name: 'job',
  title: 'Job',
  startedBy: 'person',
  pty: false,
  talk: 'terminal',
  ready: 'spawned',
  suspend: null,
  words: {
    silent: 'The shell of your job does not answer.',
    cutOff: 'It still runs, and its socket was deleted.',
  },
};

await runBroker([...KINDS, job]);
