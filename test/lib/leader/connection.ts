/** One connection to rootd or to a leader: messages there and back. */
import { connect, type Socket } from 'node:net';
import { fromLeader, MAX_ROOT_FRAME, toLeader } from '../../../src/protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../../../src/protocol/codec.ts';
import { FrameStream } from '../../../src/protocol/frame.ts';
import { logged, readLastLines, readLog } from './log.ts';
import { idOf } from './machine.ts';

export type LeaderMessage = MessageOf<typeof fromLeader>;
export type Named<N extends LeaderMessage['name']> = Extract<LeaderMessage, { name: N }>;
/** number: a uid. */
export type Peer = 'root' | 'broker' | number;

const sockets: Socket[] = [];

/** One that a failed test left open would keep its file alive. */
export function closeConnections(): void {
  for (const socket of sockets) socket.destroy();
}

/** It is closed with the others. */
export function keepSocket(socket: Socket): Socket {
  sockets.push(socket);
  return socket;
}

/** SO_PEERCRED is that of the connect call, so for its length this process is the other user. */
export function connectAs(path: string, user: Peer): Socket {
  if (user === 'root') return connect(path);
  const [uid, gid] =
    user === 'broker' ? [idOf('passwd', 'vestibule'), idOf('group', 'vestibule')] : [user, user];
  process.setegid!(gid);
  process.seteuid!(uid);
  try {
    return connect(path);
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

export class LeaderConnection {
  readonly socket: Socket;
  readonly as: Peer;
  readonly frames: FrameStream;
  /** PAM's texts so far. */
  readonly texts: string[] = [];

  constructor(socket: Socket, as: Peer) {
    this.socket = keepSocket(socket);
    this.as = as;
    this.frames = new FrameStream(socket, MAX_ROOT_FRAME);
    socket.on('error', () => {});
  }

  send(message: MessageOf<typeof toLeader>): void {
    this.frames.send(encode(toLeader, message));
  }

  /** Null when the leader has gone. */
  async next(): Promise<LeaderMessage | null> {
    let frame: Buffer | null;
    try {
      frame = await this.frames.next();
    } catch {
      return null;
    }
    return frame === null ? null : decode(fromLeader, frame);
  }

  /** Texts that need no answer are collected on the way. */
  async expect<N extends LeaderMessage['name']>(name: N): Promise<Named<N>> {
    for (;;) {
      const message = await this.next();
      if (message?.name === name) return message as Named<N>;
      if (message?.name === 'prompt' && message.styles.every((style) => style > 2)) {
        this.texts.push(...message.texts);
        continue;
      }
      const came =
        message === null
          ? 'the end'
          : JSON.stringify(message, (_, v) => (typeof v === 'bigint' ? `${v}` : v));
      throw new Error(`wanted ${name}, got ${came}\n${readLastLines()}`);
    }
  }

  async expectEnd(): Promise<void> {
    const message = await this.next();
    if (message !== null) throw new Error(`wanted the end, got ${JSON.stringify(message.name)}`);
  }
}

/** The leader ends without a word; the log says why. */
export async function expectRefusal(
  client: LeaderConnection,
  why: RegExp,
  action: () => void,
): Promise<void> {
  const before = readLog().length;
  action();
  await client.expectEnd();
  await logged(why, before);
}
