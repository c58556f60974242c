/**
 * The protocol between a leader and the session-host that it forked: a socketpair, frames as in broker-leader.ts.
 * session-host is executed with an empty environment and these descriptors: 0-2 /dev/null or the log, 3 this
 * socketpair, 4 the listening socket /run/vestibule/sessions/<id>/s, 5 the pty master (pty sessions only).
 */
import type { MessageSpec } from './broker-leader.ts';

export const toHost = {
  start: {
    type: 1,
    doc: 'First frame: run the program. If the environment has several entries of one name, the last one counts. pamSessions: whether PAM sessions are enabled, for the message when there is no home directory. webUid: the only uid besides 0 that may connect. seconds: timeout for the home directory and the program.',
    fields: {
      version: 'u32',
      pamSessions: 'u8',
      pty: 'u8',
      lossless: 'u8',
      scrollback: 'u32',
      webUid: 'u32',
      seconds: 'u32',
      rows: 'u16',
      columns: 'u16',
      key: 'bytes',
      home: 'string',
      program: 'string',
      argv: 'strings',
      environment: 'strings',
    },
  },
  rotate: {
    type: 3,
    doc: 'Use this session key from now on. drop: disconnect all viewers.',
    fields: { drop: 'u8', key: 'bytes' },
  },
  hangup: {
    type: 5,
    doc: "Send SIGHUP and SIGCONT to the program's process group.",
    fields: {},
  },
} as const satisfies Record<string, MessageSpec>;

export const fromHost = {
  started: { type: 2, doc: 'The program was executed.', fields: { pid: 'u32' } },
  failed: {
    type: 4,
    doc: 'The program did not start (errno); session-host exits. executing: it was the execution of the program that failed. ETIMEDOUT: the home directory did not answer in time; ETIME: the program did not.',
    fields: { error: 'u32', executing: 'u8', text: 'string' },
  },
  exited: {
    type: 6,
    doc: 'The program has ended (wait(2) status). For a terminal this is sent at the earliest when its first viewer has joined, or 8 s after its start. words: the last LAST_WORDS_BYTES that it printed, without NULs; only for a terminal in which nobody typed and which nobody ended. session-host exits when its viewers have received all output.',
    fields: { status: 'u32', words: 'bytes' },
  },
} as const satisfies Record<string, MessageSpec>;
