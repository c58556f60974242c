/** Talks to a leader as root: what is it, and please close. */
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  connectLeader,
  type LeaderConnection,
  LeaderError,
} from '../../src/launcher/leader-connection.ts';
import { CLOSE_POLICIES, LEADER_PHASES, PROGRAM_STATES } from '../../src/protocol/broker-leader.ts';

/** PAM modules may take their time to close a session; the leader itself kills programs after 2 s. */
const CLOSE_MS = 30_000;
const HELLO_MS = 2000;

const OVER = new Set(
  ['free', 'exited', 'ended'].map((name) => PROGRAM_STATES.indexOf(name as never)),
);

export interface RunningSession {
  /** Of the PAM session. */
  readonly id: string;
  readonly user: string;
  readonly label: string;
  readonly tty: string;
  readonly since: Date;
  /** A PAM session that stays open although no program runs in it. */
  readonly isIdle: boolean;
}

/** null: nobody is there, or its PAM session is closed. Rejects when one is there and does not answer. */
export async function askLeader(socket: string): Promise<RunningSession | null> {
  const leader = await connect(socket);
  if (leader === null) return null;
  leader.destroy();
  const { phase, pamSession, user, label, ttys, openedAt, close, states } = leader.hello;
  if (LEADER_PHASES[phase] === 'closed') return null;
  const tty = ttys.join(', ');
  const isIdle = CLOSE_POLICIES[close] === 'asked' && [...states].every((state) => OVER.has(state));
  const since = new Date(Number(openedAt));
  return { id: pamSession || basename(socket), user, label, tty, since, isIdle };
}

/** Rejects when it did not close in time. */
export async function closePamSession(socket: string): Promise<void> {
  const leader = await connect(socket);
  if (leader === null) return;
  const late = new AbortController();
  const isLate = delay(CLOSE_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`wanted a leader to close its PAM session in ${CLOSE_MS} ms, got nothing`);
  });
  try {
    leader.send({ name: 'close' });
    await Promise.race([untilClosed(leader), isLate]);
  } finally {
    late.abort();
    leader.destroy();
  }
}

async function untilClosed(leader: LeaderConnection): Promise<void> {
  for (;;) {
    const message = await leader.next();
    if (message === null || message.name === 'closed') return;
  }
}

/** null: a socket file without a leader behind it. */
async function connect(path: string): Promise<LeaderConnection | null> {
  try {
    return await connectLeader(path, HELLO_MS);
  } catch (error) {
    if (error instanceof LeaderError && error.kind !== 'silent') return null;
    throw error;
  }
}
