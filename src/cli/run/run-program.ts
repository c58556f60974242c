/** The steps of `run`: gets a leader, opens a PAM session, runs the program in it, and waits until all have ended. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { exitStatus } from '../../lib/exit-status.ts';
import { LEADER_STAGES, PATHS, SESSION_KEY_BYTES } from '../../protocol/broker-leader.ts';
import { SCROLLBACK_BYTES } from '../../protocol/gateway-session.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Answers } from './ask-for-run.ts';
import { joinProgram } from './join-program.ts';
import { type LeaderLink, linkLeader } from './leader-link.ts';
import { openSession } from './open-session.ts';
import { explainStuck, type Limits } from './patience.ts';
import { type RelayEnd, relaySession } from './relay-session.ts';
import { RunError } from './run-error.ts';
import type { Terminal } from './terminal.ts';

export interface Run {
  readonly user: string;
  readonly command: readonly string[];
  readonly profile: string;
  /** Answers the questions of the profile. */
  readonly answers: Answers;
  readonly terminal: Terminal;
  /** Shows a line to the caller of `run`. */
  readonly tell: (text: string) => void;
  readonly limits: Limits;
  readonly paths?: {
    readonly rootd: string;
    readonly sessions: string;
    readonly hostPublicKey: string;
  };
}

/** Resolves with the exit status once the PAM session is closed. */
export async function runProgram(run: Run): Promise<number> {
  const { user, profile, answers, terminal, tell, limits, paths = PATHS } = run;
  const { pty } = terminal;
  const { rows = 0, columns = 0 } = pty ? terminal.stdout : {};
  const session = randomBytes(16).toString('hex') as SessionId;
  const link = await linkLeader(paths.rootd, limits);
  const { leader } = link;
  try {
    const hostKeyFile = paths.hostPublicKey;
    await openSession(link, { user, profile, session, answers, pty, tell, hostKeyFile, limits });
    const key = await spawnProgram(link, session, run);
    const { sessions } = paths;
    const frames = await joinProgram(session, { sessions, key, rows, columns, leader, limits });
    const signalled = { ms: limits.signal, explain: () => explainStuck(leader) };
    const end = await relaySession(frames, terminal, signalled);
    return await awaitClosed(link, session, end, limits.end);
  } finally {
    link.destroy();
  }
}

async function spawnProgram(
  link: LeaderLink,
  session: SessionId,
  { command, terminal, limits }: Run,
): Promise<Buffer> {
  const key = randomBytes(SESSION_KEY_BYTES);
  const { pty, type } = terminal;
  const { rows = 0, columns = 0 } = pty ? terminal.stdout : {};
  link.send({
    name: 'run',
    session,
    pty: pty ? 1 : 0,
    rows,
    columns,
    argv: argvOf(command),
    environment: pty && type !== undefined ? [`TERM=${type}`] : [],
    key,
    lossless: 1,
    scrollback: SCROLLBACK_BYTES,
  });
  const message = await link.next({ what: `to run '${command[0]}'`, ms: limits.start });
  if (message.name === 'spawned') return key;
  if (message.name !== 'failed')
    throw new RunError(`wanted a program that runs, got '${message.name}'; restart the server`);
  const stage = LEADER_STAGES[message.stage] ?? message.stage;
  throw new RunError(`wanted to run '${command[0]}', got: ${message.text} (stage '${stage}')`);
}

/** env(1) finds the program by the PATH of the session. A name with '=' would be a variable for env(1): then sh(1). */
function argvOf(command: readonly string[]): string[] {
  const finder = command[0]?.includes('=')
    ? ['/bin/sh', '-c', 'exec "$0" "$@"']
    : ['/usr/bin/env', '--'];
  return [...finder, ...command];
}

async function awaitClosed(
  link: LeaderLink,
  session: SessionId,
  end: RelayEnd,
  ms: number,
): Promise<number> {
  const ended = end.status === null ? '' : `, whose program ended with ${exitStatus(end.status)},`;
  const what = `the end of session ${session}${ended}`;
  // A lossless session without a viewer would wait for one for ever.
  if (end.status === null) link.send({ name: 'close' });
  for (let name = ''; name !== 'closed'; ) {
    ({ name } = await link.next({ what, ms }));
  }
  if (end.status !== null) return exitStatus(end.status);
  if (end.abandoned) return exitStatus(constants.signals.SIGPIPE);
  const came = end.error === null ? 'none' : `'${end.error.message}'`;
  throw new RunError(`wanted the program's exit status, got ${came}; session ${session} was ended`);
}
