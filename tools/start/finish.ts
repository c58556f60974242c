/**
 * The program that supervise executes when it stops: ends the sessions of the demo and removes its account, removes the
 * overrides, and lists the sessions that keep running. For npm run uninstall: with --list it only writes a line to stdout
 * for each program; with --all it ends all sessions.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { askLeader, closePamSession, type OpenPamSession } from './ask-leader.ts';
import { DEMO_USER, DEMO_WATCH, removeOldDemo } from './make-demo-account.ts';
import { programOf } from './processes.mjs';
import { runSetup, say } from './report.mjs';

// A second Ctrl-C must not keep the demo from being removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const [flag] = process.argv.slice(2);
await runSetup(flag === '--list' ? list : finish);

async function list(): Promise<void> {
  const { running } = await eachPamSession(async () => false);
  for (const line of running) console.log(line);
}

async function finish(): Promise<void> {
  const ended: number[] = [];
  const { running, idle } = await eachPamSession(async (pam, socket) => {
    const ends = flag === '--all' || pam.user === DEMO_USER;
    if (ends) await closePamSession(socket);
    if (ends) ended.push(pam.leader);
    return ends;
  });
  await removeOldDemo();
  endDemoWatch();
  rmSync(PATHS.overrides, { force: true });
  const count = running.length === 0 ? '' : `, sessions still running: ${running.length}`;
  say(`vestibule stopped${count}`);
  for (const line of running) say(`  ${line}`);
  if (idle.length > 0) say(`  PAM sessions that stay open, without a program: ${idle.join(', ')}`);
  // For uninstall nobody will record anything: it ends them.
  if (ended.length > 0 && flag !== '--all')
    say(
      `  leaders of sessions that have ended, until the next npm start records it, at most for an hour: ${ended.join(', ')}`,
    );
}

/** Ends the process that waits for the end of the server, unless it is this process, which flock has become. */
function endDemoWatch(): void {
  if (!existsSync(DEMO_WATCH)) return;
  const pid = Number(readFileSync(DEMO_WATCH, 'utf8'));
  if (pid > 0 && programOf(pid).endsWith('/flock')) process.kill(pid, 'SIGKILL');
  rmSync(DEMO_WATCH);
}

interface Left {
  /** A line for each program, and for each leader that does not answer. */
  readonly running: readonly string[];
  /** Whose PAM sessions are open without a program. */
  readonly idle: readonly string[];
}

/** Calls deal for each PAM session; returns what is left of those for which it returned false. */
async function eachPamSession(
  deal: (pam: OpenPamSession, socket: string) => Promise<boolean>,
): Promise<Left> {
  const running: string[] = [];
  const idle: string[] = [];
  for (const socket of leaderSockets()) {
    try {
      const pam = await askLeader(socket);
      if (pam === null || (await deal(pam, socket))) continue;
      if (pam.isIdle) idle.push(pam.user);
      else running.push(...describe(pam));
    } catch (error) {
      running.push(`${socket}: ${(error as Error).message}`);
    }
  }
  return { running, idle };
}

function leaderSockets(): string[] {
  try {
    return readdirSync(PATHS.leaders).map((name) => `${PATHS.leaders}/${name}`);
  } catch {
    return [];
  }
}

/** With ids that kill-session and pam close take. */
function describe({ id, user, label, since, programs }: OpenPamSession): string[] {
  const [what, begin] = [label || 'a session', `since ${since.toISOString()}`];
  if (programs.length === 0) return [`a PAM session of ${user}, ${begin} (PAM session ${id})`];
  return programs.map(({ session, tty }) => {
    const on = tty === '' ? '' : ` on ${tty}`;
    return `${what} of ${user}${on}, ${begin} (session ${session})`;
  });
}
