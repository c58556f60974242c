/**
 * The protocol between the gateway (or root's CLI) and a session-host: frames as in broker-leader.ts, of at most
 * MAX_SESSION_FRAME bytes. The WebSocket of a terminal page carries the same messages: one binary message is one frame
 * without its length. The page sends its hello in the URL of the WebSocket (socket-hello.ts), without a key; the gateway
 * adds the key.
 */
import type { MessageSpec } from './broker-leader.ts';

export const SESSION_PROTOCOL_VERSION = 3;
/** Bytes. */
export const MAX_SESSION_FRAME = 65_536;
/** hello.from for the whole scroll-back. */
export const FROM_START = 0n;
/** Default size of the scroll-back ring, bytes. */
export const SCROLLBACK_BYTES = 1_048_576;

export const toSession = {
  hello: {
    type: 1,
    doc: 'First frame. viewer: a random number that the page uses in all its connections, so that its input is accepted only once; 0: it will not reconnect. from: offset of the first output byte that it needs (the page counts the output it has). rows and columns 0: it has no screen.',
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
    doc: 'Input of the program: the rest of the frame.',
    fields: { data: 'rest' },
  },
  resize: {
    type: 5,
    doc: 'Size of the viewer’s screen. The viewer that typed, joined or was resized last determines the size of the terminal.',
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
    doc: 'From a page to the gateway, which answers with alive. It finds connections that the network has dropped silently.',
    fields: {},
  },
} as const satisfies Record<string, MessageSpec>;

export const fromSession = {
  hello: {
    type: 2,
    doc: 'taken: how many bytes of this viewer’s input the program has received; the viewer sends the bytes after them again. from: offset of the first output byte that follows (later than requested if the ring no longer has it). seen: output before this offset was shown to a viewer before, so it rings no bell and writes no clipboard.',
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
    doc: 'Output of the pty, or stdout: the rest of the frame.',
    fields: { data: 'rest' },
  },
  errors: {
    type: 6,
    doc: 'stderr (pipe sessions): the rest of the frame.',
    fields: { data: 'rest' },
  },
  exit: {
    type: 8,
    doc: 'The program has ended (wait(2) status). The last frame.',
    fields: { status: 'u32' },
  },
  size: {
    type: 10,
    doc: 'The terminal now has this size.',
    fields: { rows: 'u16', columns: 'u16' },
  },
  gap: {
    type: 12,
    doc: 'The output that follows starts at offset `to`, where the ring begins: the viewer is new, or has fallen behind. For a terminal, screen messages for a screen of this size follow; 0: none.',
    fields: { to: 'u64', rows: 'u16', columns: 'u16' },
  },
  screen: {
    type: 22,
    doc: 'After gap, in pieces: output that restores the screen and the modes as they were at that offset. It is not output of the program: it has no offsets, and the terminal must not answer queries in it. last: this is the last piece.',
    fields: { last: 'u8', data: 'rest' },
  },
  taken: {
    type: 14,
    doc: 'How many bytes of this viewer’s input the program has received. Sent from time to time, so that the page can discard them.',
    fields: { bytes: 'u64' },
  },
  jobs: {
    type: 16,
    doc: 'Whether the shell on the terminal has jobs, in the foreground or the background. If it has, a page warns before it is closed. Until the first such message: no jobs.',
    fields: { running: 'u8' },
  },
  answers: {
    type: 20,
    doc: 'Whether this viewer answers the queries of the program to its terminal in the output that follows. For each byte of output exactly one viewer answers: the one that typed last, else the first one. Until the first such message: no.',
    fields: { on: 'u8' },
  },
  alive: { type: 18, doc: 'From the gateway to a page, in answer to check.', fields: {} },
} as const satisfies Record<string, MessageSpec>;
