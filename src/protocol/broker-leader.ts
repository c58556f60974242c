/**
 * The hop from the broker (or root's CLI) to a leader, by way of rootd's socket.
 *
 * A frame is a u32 length (big-endian, at most MAX_ROOT_FRAME), a u8 message type, then the fields in the order
 * written here. This table is the only declaration: the TypeScript codec reads it, `src/root/lib/protocol.h` is
 * generated from it, `docs/protocol.md` too.
 *
 * Field kinds: u8, u16, u32, u64 (big-endian); `string` and `bytes` (u16 length, then the bytes; a string is UTF-8
 * without NUL); `strings` and `blobs` (u16 count, then each); `u32s` (u16 count, then each);
 * `rest` (all bytes to the end of the frame, only as the last field).
 */
export const LEADER_PROTOCOL_VERSION = 4;
/** Bytes; root ends close the connection on a longer frame. */
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

/** What spawn and run share. */
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
    doc: 'Sign USER in by the login profile. Answered by key, then any number of prompt, then authenticated or failed.',
    fields: { conversation: 'bytes', service: 'string', user: 'string', rhost: 'string' },
  },
  answer: {
    type: 5,
    doc: 'The sealed answers (624 bytes each) to those items of the prompt that ask for one, in their order.',
    fields: { first: 'u32', sealed: 'blobs' },
  },
  cancel: { type: 7, doc: 'No answer will come: the module gets PAM_CONV_ERR.', fields: {} },
  open: {
    type: 9,
    doc: 'Open a PAM session for USER. Answered by key and prompt if the profile asks, then opened or failed. close: when it is closed, one of CLOSE_POLICIES. terminal: the id of the session whose terminal is made before PAM, so that PAM_TTY is the real one; empty: none. label: a name to find it by again. attached: it is closed when this connection ends.',
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
    doc: "Run the user's login shell in the open PAM session under a session-host, as SESSION: which program, with which environment, is not the broker's to say. grant: as for open. Answered by spawned or failed.",
    fields: { ...program, grant: 'bytes' },
  },
  rotate: {
    type: 13,
    doc: "Replace SESSION's key (32 bytes). drop: those who joined with the old one are dropped.",
    fields: { session: 'string', drop: 'u8', key: 'bytes' },
  },
  end: {
    type: 15,
    doc: "Hang up, then kill, SESSION's processes. Answered by ended, or by closed where the PAM session is closed with it. Ignored if none of them runs.",
    fields: { session: 'string' },
  },
  close: {
    type: 23,
    doc: 'End all sessions in the PAM session, then close it. Answered by closed, once more if it is closed already.',
    fields: {},
  },
  noted: {
    type: 25,
    doc: 'The broker has written down the end of SESSION, which the leader may forget; empty: that the PAM session is closed, the leader may go. Ignored for what has not ended.',
    fields: { session: 'string' },
  },
  check: {
    type: 17,
    doc: 'Ask PAM, by the login profile, whether USER still may be signed in: account management only, nobody is asked for anything. Answered by checked or failed; the leader ends.',
    fields: { user: 'string', grant: 'bytes', rhost: 'string' },
  },
  test: {
    type: 19,
    doc: 'Call these functions of PAM in this order, up to the first that fails; only root may ask. Answered by key, then for each prompt and logged as they come and one tested, or failed; the leader ends. Operations: those of TEST_OPERATIONS.',
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
    doc: 'As spawn, but this program, by its absolute path, with these variables besides those of the session; only root may ask.',
    fields: { ...program, argv: 'strings', environment: 'strings' },
  },
} as const satisfies Record<string, MessageSpec>;

/** Even types: sent by a leader. */
export const fromLeader = {
  hello: {
    type: 2,
    doc: 'What this leader is and holds: the whole state, for adoption. Fields that do not apply are empty or 0. Entry i of each of the lists is of program i, its state one of PROGRAM_STATES; one that has ended is named until the broker says noted.',
    fields: {
      version: 'u32',
      pid: 'u32',
      phase: 'u8',
      pamSession: 'string',
      user: 'string',
      uid: 'u32',
      gid: 'u32',
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
    doc: "The conversation's X25519 public key, its expiry (Unix ms) and the host key's Ed25519 signature over both. patience: seconds that a module may wait for the person, since something was said or answered.",
    fields: { public: 'bytes', expires: 'u64', signature: 'bytes', patience: 'u32' },
  },
  prompt: {
    type: 6,
    doc: 'One call of the PAM conversation: item i is prompt number first + i. Answered by answer or cancel when an item asks.',
    fields: { first: 'u32', styles: 'bytes', texts: 'strings' },
  },
  authenticated: {
    type: 8,
    doc: 'PAM let the user in. The leader ends.',
    fields: {
      user: 'string',
      uid: 'u32',
      gid: 'u32',
      groups: 'u32s',
      grant: 'bytes',
      expires: 'u64',
    },
  },
  failed: {
    type: 10,
    doc: 'The start of SESSION failed, and the PAM session stays open; empty: the PAM session was not opened, or the person not signed in, and the leader ends.',
    fields: { session: 'string', stage: 'u8', code: 'u32', text: 'string' },
  },
  opened: {
    type: 12,
    doc: 'The PAM session is open.',
    fields: { user: 'string', uid: 'u32', gid: 'u32', tty: 'string' },
  },
  spawned: {
    type: 14,
    doc: 'The program of SESSION runs.',
    fields: { session: 'string', pid: 'u32', tty: 'string' },
  },
  exited: {
    type: 16,
    doc: 'The program of SESSION ended; status as wait(2) gives it, words as session-host does.',
    fields: { session: 'string', status: 'u32', words: 'bytes' },
  },
  ended: {
    type: 26,
    doc: 'Nothing of SESSION runs any more, its terminal is given back, and the PAM session stays open.',
    fields: { session: 'string' },
  },
  closed: {
    type: 18,
    doc: 'The PAM session is closed, and nothing runs of any session in it.',
    fields: {},
  },
  checked: { type: 20, doc: 'PAM and the policy have nothing against the user.', fields: {} },
  tested: {
    type: 22,
    doc: 'A function of PAM returned code, in words text, after so long, the time a person took to answer included.',
    fields: { operation: 'string', code: 'u32', text: 'string', microseconds: 'u64' },
  },
  logged: {
    type: 24,
    doc: 'During a test somebody wrote this to syslog, as it came (RFC 3164).',
    fields: { line: 'string' },
  },
} as const satisfies Record<string, MessageSpec>;

/** Life of a leader, in order; the number travels in hello.phase. */
export const LEADER_PHASES = [
  'fresh',
  'authenticating',
  'opening',
  'open',
  'ending',
  'closed',
] as const;
/**
 * When a leader closes its PAM session, with a broker or without one. asked: when it is asked to. last-program: when the
 * last of its programs has ended, too. The number travels in open.close and hello.close.
 */
export const CLOSE_POLICIES = ['asked', 'last-program'] as const;
/** Life of a program; the numbers travel in hello.states. free: there is none. ready: its terminal is made. */
export const PROGRAM_STATES = ['free', 'ready', 'starting', 'running', 'exited', 'ended'] as const;
/** Where a request failed; the number travels in failed.stage. */
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
  // What execve(2) made of the program, which the text names.
  'execute',
] as const;
/** The functions of PAM that test calls, without their 'pam_'. */
export const TEST_OPERATIONS = [
  'authenticate',
  'acct_mgmt',
  'setcred',
  'open_session',
  'close_session',
  'chauthtok',
] as const;
/** The msg_style values of pam_conv(3), with our words for them. */
export const PROMPT_STYLES = { hidden: 1, shown: 2, error: 3, info: 4 } as const;
/** Signed by the host key: this text (no NUL), conversation (16 bytes), public key (32), expiry (u64). */
export const KEY_SIGNATURE_CONTEXT = 'vestibule conversation key 1';
/** Seconds that a conversation key is good for. */
export const KEY_SECONDS = 600;
/** Seconds that a grant is good for: the longest a ticket can be stretched. */
export const GRANT_SECONDS = 7 * 86_400;
/** Bytes of a session key. */
export const SESSION_KEY_BYTES = 32;
/** Longest user, service, rhost and label, bytes. */
export const MAX_NAME = 255;
/** Most strings in argv and in an environment. */
export const MAX_STRINGS = 1024;
/** Bytes at most of exited.words. */
export const LAST_WORDS_BYTES = 1000;
/** Where the sockets and keys lie; every directory here is root's. */
export const PATHS = {
  run: '/run/vestibule',
  lock: '/run/vestibule.lock',
  rootd: '/run/vestibule/rootd/s',
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
  /** With its key, in one file: they cannot be of different times. */
  certificate: '/var/lib/vestibule/root/certificate.pem',
  database: '/var/lib/vestibule/broker/vestibule.db',
} as const;
