/**
 * A connection to a leader: by way of rootd's socket to a fresh one, or to one that runs by its own socket. The one
 * greeting of leaders: broker and CLI make theirs of it.
 */
import { createConnection, type Socket } from 'node:net';
import {
  fromLeader,
  LEADER_PROTOCOL_VERSION,
  MAX_ROOT_FRAME,
  PROGRAM_STATES,
  toLeader,
} from '../protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../protocol/codec.ts';
import { FrameStream } from '../protocol/frame.ts';
import type { SessionId } from '../protocol/ids.ts';

export type ToLeader = MessageOf<typeof toLeader>;
export type FromLeader = MessageOf<typeof fromLeader>;
export type LeaderHello = MessageOf<typeof fromLeader, 'hello'>;

/** What a leader's hello says of one program. */
export interface ProgramState {
  readonly state: (typeof PROGRAM_STATES)[number];
  readonly tty: string;
  readonly pid: number;
  /** As wait(2) gives it; good once it has exited. */
  readonly status: number;
}

export function programOf(hello: LeaderHello, session: SessionId): ProgramState | undefined {
  const at = hello.sessions.indexOf(session);
  if (at < 0) return undefined;
  const [tty = '', pid = 0, status = 0] = [hello.ttys[at], hello.pids[at], hello.statuses[at]];
  return { state: PROGRAM_STATES[hello.states[at] ?? 0] ?? 'free', tty, pid, status };
}

export interface LeaderHandlers {
  readonly message: (message: FromLeader) => void;
  /** Once, last. */
  readonly close: (error: Error | null) => void;
}
export interface LeaderConnection {
  /** What the leader said it is and holds. */
  readonly hello: LeaderHello;
  readonly send: (message: ToLeader) => void;
  /** The next message; null when the leader has ended the connection. For those who do not listen. */
  readonly next: () => Promise<FromLeader | null>;
  readonly listen: (handlers: LeaderHandlers) => void;
  /** Ends the connection; no handler is called afterwards. */
  readonly destroy: () => void;
}

/**
 * absent: there is no such socket. deaf: nobody listens on it (any more, or not yet). refused: accepted, then closed
 * before the hello, or the queue is full. silent: it does not speak as it should.
 */
type LeaderErrorKind = 'absent' | 'deaf' | 'refused' | 'silent';
export class LeaderError extends Error {
  override readonly name = 'LeaderError';
  readonly kind: LeaderErrorKind;
  /** Of the system, such as ENOENT; undefined: the connection was made. */
  readonly code: string | undefined;

  constructor(kind: LeaderErrorKind, text: string, code?: string) {
    super(text);
    this.kind = kind;
    this.code = code;
  }
}

/** How long a leader may take for its hello: longer than rootd needs to start one on a busy machine. */
const HELLO_MS = 10_000;

/** Rejects with a LeaderError. */
export async function connectLeader(path: string, helloMs = HELLO_MS): Promise<LeaderConnection> {
  const socket = await connectSocket(path);
  const frames = new FrameStream(socket, MAX_ROOT_FRAME);
  const timer = setTimeout(
    () => frames.destroy(new LeaderError('silent', `no hello from '${path}' in ${helloMs} ms`)),
    helloMs,
  );
  try {
    send(frames, { name: 'hello', version: LEADER_PROTOCOL_VERSION });
    const hello = checkHello(await firstFrame(frames, path), path);
    return connectionOf(frames, hello);
  } catch (error) {
    frames.destroy();
    throw error instanceof LeaderError ? error : new LeaderError('silent', String(error));
  } finally {
    clearTimeout(timer);
  }
}

function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const text = `cannot connect to '${path}': ${error.code}`;
      reject(new LeaderError(kindOf(error), text, error.code));
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function kindOf({ code }: NodeJS.ErrnoException): LeaderError['kind'] {
  if (code === 'ENOENT') return 'absent';
  return code === 'EAGAIN' ? 'refused' : 'deaf';
}

async function firstFrame(frames: FrameStream, path: string): Promise<Uint8Array> {
  const refused = () =>
    new LeaderError('refused', `'${path}' closed the connection before its hello`);
  const frame = await frames.next().catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ECONNRESET' || error.code === 'EPIPE' ? refused() : error;
  });
  if (frame === null) throw refused();
  return frame;
}

function checkHello(frame: Uint8Array, path: string): LeaderHello {
  const hello = decode(fromLeader, frame);
  if (hello.name !== 'hello') {
    throw new LeaderError(
      'silent',
      `the first frame of '${path}' is '${hello.name}', wanted hello`,
    );
  }
  if (hello.version !== LEADER_PROTOCOL_VERSION) {
    throw new LeaderError(
      'silent',
      `'${path}' speaks version ${hello.version}, wanted ${LEADER_PROTOCOL_VERSION}: end that session, or restart the server`,
    );
  }
  return hello;
}

function connectionOf(frames: FrameStream, hello: LeaderHello): LeaderConnection {
  let over = false;
  return {
    hello,
    send: (message) => send(frames, message),
    next: async () => {
      const frame = await frames.next();
      return frame && decode(fromLeader, frame);
    },
    listen: ({ message, close }) =>
      frames.listen({
        frame: (payload) => message(decode(fromLeader, payload)),
        close: (error) => {
          if (!over) close(error);
        },
      }),
    destroy: () => {
      over = true;
      frames.destroy();
    },
  };
}

function send(frames: FrameStream, message: ToLeader): void {
  frames.send(encode(toLeader, message));
}
