/** Talks to a session's leader as root: what is it, and please end. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { basename } from 'node:path';
import {
  fromLeader,
  LEADER_PHASES,
  LEADER_PROTOCOL_VERSION,
  MAX_ROOT_FRAME,
  PROGRAM_STATES,
  toLeader,
} from '../../src/protocol/broker-leader.ts';
import { decode, encode } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';

/** PAM modules may take their time to close a session; the leader itself kills programs after 2 s. */
const END_SECONDS = 30;
const HELLO_SECONDS = 2;

const OVER = new Set(
  ['free', 'exited', 'ended'].map((name) => PROGRAM_STATES.indexOf(name as never)),
);

export interface RunningSession {
  readonly id: string;
  readonly user: string;
  readonly label: string;
  readonly tty: string;
  readonly since: Date;
  /** A home session in which no program runs. */
  readonly isIdle: boolean;
}

/** null: nobody is there, or its session is over. */
export async function askLeader(socket: string): Promise<RunningSession | null> {
  const leader = await greet(socket);
  if (leader === null) return null;
  leader.frames.destroy();
  const { phase, session, user, label, ttys, openedAt, stays, states } = leader.hello;
  const tty = ttys.join(', ');
  if (LEADER_PHASES[phase] === 'closed') return null;
  const isIdle = stays === 1 && [...states].every((state) => OVER.has(state));
  const since = new Date(Number(openedAt));
  return { id: session || basename(socket), user, label, tty, since, isIdle };
}

/** Rejects when it did not close in time. */
export async function endSession(socket: string): Promise<void> {
  const leader = await greet(socket);
  if (leader === null) return;
  const { frames } = leader;
  await within(END_SECONDS, frames, async () => {
    frames.send(encode(toLeader, { name: 'end', session: leader.hello.session }));
    for (;;) {
      const frame = await frames.next();
      if (frame === null || decode(fromLeader, frame).name === 'closed') return;
    }
  });
  frames.destroy();
}

/** null: a socket file without a leader behind it. Rejects when one is there and does not answer. */
async function greet(path: string) {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
  } catch {
    return null;
  }
  const frames = new FrameStream(socket, MAX_ROOT_FRAME);
  return await within(HELLO_SECONDS, frames, async () => {
    frames.send(encode(toLeader, { name: 'hello', version: LEADER_PROTOCOL_VERSION }));
    const frame = await frames.next();
    if (frame === null) return null;
    const hello = decode(fromLeader, frame);
    if (hello.name !== 'hello')
      throw new Error(`leader ${path} wanted to say hello, came ${hello.name}`);
    return { frames, hello };
  });
}

async function within<T>(seconds: number, frames: FrameStream, work: () => Promise<T>): Promise<T> {
  const late = new Error(`a leader wanted to answer in ${seconds} s, came nothing`);
  const timer = setTimeout(() => frames.destroy(late), seconds * 1000);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
