/**
 * The hop from a leader to the session-host it forked: a socketpair, frames as in broker-leader.ts.
 * session-host is exec'ed with an empty environment and these descriptors: 0-2 /dev/null or the log, 3 this
 * socketpair, 4 the listening socket /run/vestibule/sessions/<id>/s, 5 the pty master (pty sessions only).
 */
import type { MessageSpec } from './broker-leader.ts';

export const toHost = {
  start: {
    type: 1,
    doc: 'First frame: run the program. Of environment entries of one name the last counts. pamSessions: they are on, which matters to whoever has no home directory. webUid is the only uid besides 0 that may connect. seconds: how long the home directory and the program may take to answer.',
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
    doc: 'Use this session key from now on. drop: drop all viewers.',
    fields: { drop: 'u8', key: 'bytes' },
  },
  hangup: {
    type: 5,
    doc: "Send SIGHUP and SIGCONT to the program's process group.",
    fields: {},
  },
} as const satisfies Record<string, MessageSpec>;

export const fromHost = {
  started: { type: 2, doc: 'The program was exec’ed.', fields: { pid: 'u32' } },
  failed: {
    type: 4,
    doc: 'The program did not start (errno); session-host ends. executing: all else was done, the program itself could not be executed. ETIMEDOUT: the home directory did not answer, ETIME: the program.',
    fields: { error: 'u32', executing: 'u8', text: 'string' },
  },
  exited: {
    type: 6,
    doc: 'The program ended (wait(2) status); of a terminal not before its first viewer or 8 s after its start. words: the last LAST_WORDS_BYTES that it printed, without NULs; none unless it is a terminal in which nobody typed and whose end nobody asked for. session-host ends when its viewers have all they are owed.',
    fields: { status: 'u32', words: 'bytes' },
  },
} as const satisfies Record<string, MessageSpec>;
