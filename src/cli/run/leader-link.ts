/** Our connection to a fresh leader by way of rootd: it is this session's owner, and its end ends the session. */
import { createConnection, type Socket } from 'node:net';
import {
  fromLeader,
  LEADER_PROTOCOL_VERSION,
  MAX_ROOT_FRAME,
  toLeader,
} from '../../protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../../protocol/codec.ts';
import { FrameStream } from '../../protocol/frame.ts';
import { RunError } from './run-error.ts';

export type FromLeader = MessageOf<typeof fromLeader>;

export interface LeaderLink {
  readonly send: (message: MessageOf<typeof toLeader>) => void;
  /** Rejects when the leader has closed the connection. */
  readonly next: () => Promise<FromLeader>;
  readonly destroy: () => void;
}

export async function linkLeader(path: string): Promise<LeaderLink> {
  const frames = new FrameStream(await dial(path, 'the server'), MAX_ROOT_FRAME);
  const link: LeaderLink = {
    send: (message) => void frames.send(encode(toLeader, message)),
    next: () => nextMessage(frames),
    destroy: () => frames.destroy(),
  };
  link.send({ name: 'hello', version: LEADER_PROTOCOL_VERSION });
  const hello = await link.next();
  if (hello.name === 'hello' && hello.version === LEADER_PROTOCOL_VERSION) return link;
  link.destroy();
  throw new RunError(
    `wanted a leader of version ${LEADER_PROTOCOL_VERSION}, came another; restart the server`,
  );
}

async function nextMessage(frames: FrameStream): Promise<FromLeader> {
  const frame = await frames.next().catch((error: Error) => {
    throw new RunError(
      `wanted an answer of the leader, came '${error.message}'; see the server's log`,
    );
  });
  if (frame === null)
    throw new RunError(
      "wanted an answer of the leader, came the end of the connection; see the server's log",
    );
  return decode(fromLeader, frame);
}

/** whose: what listens there, for the one who reads the error. */
export function dial(path: string, whose: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(
        new RunError(
          `wanted ${whose} at '${path}', came ${code}; is the server running? (vestibule status)`,
        ),
      ),
    );
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
