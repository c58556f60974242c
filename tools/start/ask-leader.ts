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

export interface OpenPamSession {
  readonly id: string;
  readonly user: string;
  /** A name for what it was opened for; empty: none. */
  readonly label: string;
  readonly since: Date;
  /** The process of its leader. */
  readonly leader: number;
  /** Those that run in it; tty: empty: no terminal. */
  readonly programs: readonly { readonly session: string; readonly tty: string }[];
  /** It stays open although no program runs in it. */
  readonly isIdle: boolean;
}

/** null: nobody is there, or its PAM session is closed. Rejects when one is there and does not answer. */
export async function askLeader(socket: string): Promise<OpenPamSession | null> {
  const leader = await connect(socket);
  if (leader === null) return null;
  leader.destroy();
  const { phase, pamSession, user, label, sessions, ttys, openedAt, close, pid } = leader.hello;
  if (LEADER_PHASES[phase] === 'closed') return null;
  const programs = sessions
    .map((session, index) => ({ session, tty: ttys[index] ?? '' }))
    .filter((_, index) => !OVER.has(leader.hello.states[index] ?? 0));
  const isIdle = CLOSE_POLICIES[close] === 'asked' && programs.length === 0;
  const since = new Date(Number(openedAt));
  const id = pamSession || basename(socket);
  return { id, user, label, since, leader: pid, programs, isIdle };
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
