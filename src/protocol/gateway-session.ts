/**
 * The hop from the gateway (or root's CLI) to a session-host: frames as in broker-leader.ts, at most
 * MAX_SESSION_FRAME bytes. The terminal page's WebSocket carries the same messages: one binary message is one frame
 * without its length. The page's hello stands in its address (socket-hello.ts) and has no key: the gateway puts it in.
 */
import type { MessageSpec } from './broker-leader.ts';

export const SESSION_PROTOCOL_VERSION = 3;
/** Bytes. */
export const MAX_SESSION_FRAME = 65_536;
/** hello.from for "all that is still in the scroll-back". */
export const FROM_START = 0n;
/** Default bytes of the scroll-back ring. */
export const SCROLLBACK_BYTES = 1_048_576;

export const toSession = {
  hello: {
    type: 1,
    doc: 'First frame. viewer: a number that the page drew for itself, the same in all its connections: so its input is taken once; 0: does not come back. from: the first output byte wanted (the page counts what it has). rows and columns 0: has no screen.',
    fields: {
      version: 'u32',
      key: 'bytes',
      viewer: 'u64',
      from: 'u64',
      rows: 'u16',
      columns: 'u16',
    },
  },
  input: {
    type: 3,
    doc: 'Bytes for the program: the whole rest of the frame.',
    fields: { data: 'rest' },
  },
  resize: {
    type: 5,
    doc: 'The viewer’s screen; the one that typed, joined or resized last decides.',
    fields: { rows: 'u16', columns: 'u16' },
  },
  eof: { type: 7, doc: 'End of input (pipe sessions).', fields: {} },
  signal: {
    type: 9,
    doc: "Send this signal (HUP, INT, QUIT, TERM, USR1, USR2, WINCH, CONT) to the program's process group.",
    fields: { number: 'u8' },
  },
  check: {
    type: 11,
    doc: 'From a page to the gateway, which answers alive: networks are cut without a word.',
    fields: {},
  },
} as const satisfies Record<string, MessageSpec>;

export const fromSession = {
  hello: {
    type: 2,
    doc: 'taken: how many bytes of this viewer’s input the program has had: it sends what follows them again. from: the offset of the first output byte that follows (later than asked when the ring no longer has it). seen: output before this offset has been shown to somebody: no bell rings for it, and no clipboard is written.',
    fields: {
      version: 'u32',
      taken: 'u64',
      from: 'u64',
      seen: 'u64',
      rows: 'u16',
      columns: 'u16',
    },
  },
  output: {
    type: 4,
    doc: 'Output of the pty, or stdout: the whole rest of the frame.',
    fields: { data: 'rest' },
  },
  errors: {
    type: 6,
    doc: 'stderr (pipe sessions): the whole rest of the frame.',
    fields: { data: 'rest' },
  },
  exit: {
    type: 8,
    doc: 'The program ended (wait(2) status); the last frame.',
    fields: { status: 'u32' },
  },
  size: {
    type: 10,
    doc: 'The terminal is this size now.',
    fields: { rows: 'u16', columns: 'u16' },
  },
  gap: {
    type: 12,
    doc: 'The ring begins at offset `to`, and so does what follows for this viewer: it is new, or fell behind. Of a terminal, screen messages come next, for a screen of this size; 0: none.',
    fields: { to: 'u64', rows: 'u16', columns: 'u16' },
  },
  screen: {
    type: 22,
    doc: 'After gap: output that makes the screen and the modes as they were at that offset, in pieces. Not part of the program’s output: it has no offsets and is not answered. last: the final piece.',
    fields: { last: 'u8', data: 'rest' },
  },
  taken: {
    type: 14,
    doc: 'So many bytes of this viewer’s input the program has had. Now and then, so that a page need not keep them.',
    fields: { bytes: 'u64' },
  },
  jobs: {
    type: 16,
    doc: 'Whether the program on the terminal has jobs, in the foreground or the background (after hello: none): a page then warns before it is closed.',
    fields: { running: 'u8' },
  },
  answers: {
    type: 20,
    doc: 'Whether this viewer answers what the program asks its terminal in the output that follows (after hello: no). Each byte of output is that of one viewer: the one typed in last, or the first.',
    fields: { on: 'u8' },
  },
  alive: { type: 18, doc: 'From the gateway to a page that said check.', fields: {} },
} as const satisfies Record<string, MessageSpec>;
