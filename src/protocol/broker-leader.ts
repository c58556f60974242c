/**
 * The protocol between the broker (or root's CLI) and a leader, over a connection to rootd's socket or the leader's own.
 * vestibule-pam-test speaks it, too: of toLeader it takes hello, test, answer and cancel; a leader takes all but test.
 *
 * A frame is a u32 length (big-endian, at most MAX_ROOT_FRAME), a u8 message type, then the fields in the order
 * written here. This table is the only declaration: the TypeScript codec reads it, and `src/root/lib/protocol.h` and
 * `docs/protocol.md` are generated from it.
 *
 * Field kinds: u8, u16, u32, u64 (big-endian); `string` and `bytes` (u16 length, then the bytes; a string is UTF-8
 * without NUL); `strings` and `blobs` (u16 count, then each); `u32s` (u16 count, then each);
 * `rest` (all bytes to the end of the frame, only as the last field).
 */
export const LEADER_PROTOCOL_VERSION = 5;
/** Bytes; rootd and leaders close the connection on a longer frame. */
export const MAX_ROOT_FRAME = 262_144;

export type FieldKind =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'string'
  | 'bytes'
  | 'strings'
  | 'blobs'
  | 'u32s'
  | 'rest';
export interface MessageSpec {
  readonly type: number;
  readonly doc: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
}

/** The fields that spawn and run have in common. */
const program = {
  session: 'string',
  pty: 'u8',
  rows: 'u16',
  columns: 'u16',
  key: 'bytes',
  lossless: 'u8',
  scrollback: 'u32',
} as const;

/** Odd types: sent to a leader. */
export const toLeader = {
  hello: {
    type: 1,
    doc: 'First frame of every connection. Answered by hello.',
    fields: { version: 'u32' },
  },
  authenticate: {
    type: 3,
    doc: 'Sign USER in with the login profile. Answered by key, then any number of prompt, then authenticated or failed.',
    fields: { conversation: 'bytes', service: 'string', user: 'string', rhost: 'string' },
  },
  answer: {
    type: 5,
    doc: 'The sealed answers (624 bytes each) to the items of the prompt that ask for one, in the same order.',
    fields: { first: 'u32', sealed: 'blobs' },
  },
  cancel: { type: 7, doc: 'No answer will come: the module gets PAM_CONV_ERR.', fields: {} },
  open: {
    type: 9,
    doc: 'Open a PAM session for USER. Answered by key and prompt if the profile asks, then by opened or failed. close: when to close it, one of CLOSE_POLICIES. terminal: the id of the session whose terminal is created before PAM is called, so that PAM_TTY is its name; empty: none. label: a name for it, shown after a restart. attached: close it when this connection ends.',
    fields: {
      pamSession: 'string',
      conversation: 'bytes',
      service: 'string',
      user: 'string',
      grant: 'bytes',
      rhost: 'string',
      label: 'string',
      attached: 'u8',
      close: 'u8',
      terminal: 'string',
    },
  },
  spawn: {
    type: 11,
    doc: "Run the user's login shell in the open PAM session under a session-host, as SESSION. The broker cannot choose the program or its environment. grant: as for open. Answered by spawned or failed.",
    fields: { ...program, grant: 'bytes' },
  },
  rotate: {
    type: 13,
    doc: 'Replace the key (32 bytes) of SESSION. drop: disconnect the viewers that joined with the old key.',
    fields: { session: 'string', drop: 'u8', key: 'bytes' },
  },
  end: {
    type: 15,
    doc: 'Hang up, then kill, the processes of SESSION. Answered by ended, or by closed if the PAM session closes with it. Ignored if no process of it is running.',
    fields: { session: 'string' },
  },
  close: {
    type: 23,
    doc: 'End all sessions in the PAM session, then close it. Answered by closed, also if it was closed before.',
    fields: {},
  },
  noted: {
    type: 25,
    doc: 'The broker has recorded the end of SESSION: the leader may forget it. Empty: it has recorded that the PAM session is closed: the leader may exit. Ignored for what has not ended.',
    fields: { session: 'string' },
  },
  check: {
    type: 17,
    doc: 'Ask PAM, with the login profile, whether USER may still be signed in: account management only, no prompts. Answered by checked or failed; then the leader exits.',
    fields: { user: 'string', grant: 'bytes', rhost: 'string' },
  },
  test: {
    type: 19,
    doc: 'To vestibule-pam-test only: call these functions of PAM (TEST_OPERATIONS) in this order, up to the first that fails. Answered by key, then for each function by prompt and logged as they occur and one tested, or by failed; then the process exits.',
    fields: {
      conversation: 'bytes',
      service: 'string',
      user: 'string',
      rhost: 'string',
      operations: 'strings',
    },
  },
  run: {
    type: 21,
    doc: 'Like spawn, but for this program (absolute path), with these variables in addition to those of the session; only root may request it.',
    fields: { ...program, argv: 'strings', environment: 'strings' },
  },
} as const satisfies Record<string, MessageSpec>;

/** Even types: sent by a leader. */
export const fromLeader = {
  hello: {
    type: 2,
    doc: 'The complete state of this leader, so that a new broker can adopt it. Fields that do not apply are empty or 0. Entry i of each list belongs to program i, with a state of PROGRAM_STATES; a program that has ended is listed until the broker sends noted.',
    fields: {
      version: 'u32',
      pid: 'u32',
      phase: 'u8',
      pamSession: 'string',
      user: 'string',
      uid: 'u32',
      service: 'string',
      label: 'string',
      attached: 'u8',
      close: 'u8',
      openedAt: 'u64',
      sessions: 'strings',
      ttys: 'strings',
      pids: 'u32s',
      statuses: 'u32s',
      states: 'bytes',
    },
  },
  key: {
    type: 4,
    doc: "The conversation's X25519 public key, its expiry (Unix ms) and the host key's Ed25519 signature over both. patience: how long a module may wait for the user, in seconds since the last text or answer.",
    fields: { public: 'bytes', expires: 'u64', signature: 'bytes', patience: 'u32' },
  },
  prompt: {
    type: 6,
    doc: 'One call of the PAM conversation function: item i is prompt number first + i. Answered by answer or cancel if an item asks for an answer.',
    fields: { first: 'u32', styles: 'bytes', texts: 'strings' },
  },
  authenticated: {
    type: 8,
    doc: 'PAM has signed the user in. The leader exits.',
    fields: { user: 'string', uid: 'u32', grant: 'bytes', expires: 'u64' },
  },
  failed: {
    type: 10,
    doc: 'SESSION could not be started; the PAM session stays open. Empty: the PAM session could not be opened, or the user not signed in; the leader exits.',
    fields: { session: 'string', stage: 'u8', code: 'u32', text: 'string' },
  },
  opened: {
    type: 12,
    doc: 'The PAM session is open.',
    fields: {},
  },
  spawned: {
    type: 14,
    doc: 'The program of SESSION is running.',
    fields: { session: 'string', pid: 'u32', tty: 'string' },
  },
  exited: {
    type: 16,
    doc: 'The program of SESSION has ended, with this wait(2) status. words: as in exited of session-host.',
    fields: { session: 'string', status: 'u32', words: 'bytes' },
  },
  ended: {
    type: 26,
    doc: 'No process of SESSION is left and its terminal is released; the PAM session stays open.',
    fields: { session: 'string' },
  },
  closed: {
    type: 18,
    doc: 'The PAM session is closed, and no process of any session in it is left.',
    fields: {},
  },
  checked: { type: 20, doc: 'PAM and the policy allow the user.', fields: {} },
  tested: {
    type: 22,
    doc: 'Of vestibule-pam-test only: a function of PAM returned code, described by text, after this time, including the time that the user took to answer.',
    fields: { operation: 'string', code: 'u32', text: 'string', microseconds: 'u64' },
  },
  logged: {
    type: 24,
    doc: 'Of vestibule-pam-test only: this line was written to syslog during a test, unchanged (RFC 3164).',
    fields: { line: 'string' },
  },
} as const satisfies Record<string, MessageSpec>;

/** The phases of a leader, in order; hello.phase is the index. */
export const LEADER_PHASES = [
  'fresh',
  'authenticating',
  'opening',
  'open',
  'ending',
  'closed',
] as const;
/**
 * When a leader closes its PAM session, whether a broker is running or not. asked: only on request. last-program: also
 * when the last of its programs has ended. open.close and hello.close are the index.
 */
export const CLOSE_POLICIES = ['asked', 'last-program'] as const;
/** States of a program; hello.states has the indices. free: there is no program. ready: its terminal has been created. */
export const PROGRAM_STATES = ['free', 'ready', 'starting', 'running', 'exited', 'ended'] as const;
/** Where a request failed; failed.stage is the index. */
export const LEADER_STAGES = [
  'protocol',
  'policy',
  'grant',
  'start',
  'authenticate',
  'account',
  'password',
  'user',
  'credentials',
  'session',
  'spawn',
  // execve(2) of the program failed; the text names the program.
  'execute',
] as const;
/** The functions of PAM that test can call, without 'pam_'. */
export const TEST_OPERATIONS = [
  'authenticate',
  'acct_mgmt',
  'setcred',
  'open_session',
  'close_session',
  'chauthtok',
] as const;
/** The msg_style values of pam_conv(3), under names of our own. */
export const PROMPT_STYLES = { hidden: 1, shown: 2, error: 3, info: 4 } as const;
/** The host key signs: this text (without NUL), conversation (16 bytes), public key (32), expiry (u64). */
export const KEY_SIGNATURE_CONTEXT = 'vestibule conversation key 1';
/** Lifetime of a conversation key, seconds. */
export const KEY_SECONDS = 600;
/** Lifetime of a grant, seconds: the longest possible lifetime of a ticket. */
export const GRANT_SECONDS = 7 * 86_400;
/** Size of a session key, bytes. */
export const SESSION_KEY_BYTES = 32;
/** Longest user, service, rhost and label, bytes. */
export const MAX_NAME = 255;
/** Most strings in an argv or an environment. */
export const MAX_STRINGS = 1024;
/** Longest exited.words, bytes. */
export const LAST_WORDS_BYTES = 1000;
/** Paths of sockets, keys and files; root owns all directories here. */
export const PATHS = {
  run: '/run/vestibule',
  lock: '/run/vestibule.lock',
  rootd: '/run/vestibule/rootd/s',
  /** Of rootd, too; for root alone. */
  pamTest: '/run/vestibule/pam-test/s',
  leaders: '/run/vestibule/leaders',
  sessions: '/run/vestibule/sessions',
  brokerForGateway: '/run/vestibule/broker/s',
  brokerForCli: '/run/vestibule/cli/s',
  overrides: '/run/vestibule/overrides.conf',
  /** services-file.ts */
  services: '/run/vestibule/services',
  configuration: '/etc/vestibule/vestibule.conf',
  state: '/var/lib/vestibule',
  hostPublicKey: '/var/lib/vestibule/host.pub',
  hostSecretKey: '/var/lib/vestibule/root/host.key',
  grantKey: '/var/lib/vestibule/root/grant.key',
  /** Certificate and key in one file, so that they always match. */
  certificate: '/var/lib/vestibule/root/certificate.pem',
  database: '/var/lib/vestibule/broker/vestibule.db',
} as const;
