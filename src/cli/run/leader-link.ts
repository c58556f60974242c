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
import { type Limits, type Patience, waitFor } from './patience.ts';
import { RunError } from './run-error.ts';

export type FromLeader = MessageOf<typeof fromLeader>;

export interface LeaderLink {
  readonly send: (message: MessageOf<typeof toLeader>) => void;
  /** Its pid. */
  readonly leader: number;
  /** Rejects when the leader has closed the connection, or says nothing for too long. */
  readonly next: (patience: Patience) => Promise<FromLeader>;
  readonly destroy: () => void;
}

export async function linkLeader(path: string, { hello: ms }: Limits): Promise<LeaderLink> {
  const frames = new FrameStream(await dial(path, 'the server'), MAX_ROOT_FRAME);
  const send: LeaderLink['send'] = (message) => void frames.send(encode(toLeader, message));
  try {
    send({ name: 'hello', version: LEADER_PROTOCOL_VERSION });
    const hello = await waitFor(nextMessage(frames, 'a leader'), 0, { what: 'a leader', ms });
    if (hello.name !== 'hello' || hello.version !== LEADER_PROTOCOL_VERSION)
      throw new RunError(
        `wanted a leader of version ${LEADER_PROTOCOL_VERSION}, came another; restart the server`,
      );
    const { pid: leader } = hello;
    const next: LeaderLink['next'] = (patience) =>
      waitFor(nextMessage(frames, patience.what), leader, patience);
    return { send, leader, next, destroy: () => frames.destroy() };
  } catch (error) {
    frames.destroy();
    throw error;
  }
}

async function nextMessage(frames: FrameStream, what: string): Promise<FromLeader> {
  const frame = await frames.next().catch((error: Error) => {
    throw new RunError(`wanted ${what}, came '${error.message}'; see the server's log`);
  });
  if (frame !== null) return decode(fromLeader, frame);
  throw new RunError(
    `wanted ${what}, came the end of the connection to the leader; see the server's log`,
  );
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
