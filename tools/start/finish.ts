/**
 * The program that supervise executes when it stops: ends the sessions of the demo and removes its account, removes the
 * overrides, and lists the sessions that keep running. For npm run uninstall: with --list it only writes a line to stdout
 * for each session except idle home sessions; with --all it ends all sessions.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { askLeader, closePamSession, type RunningSession } from './ask-leader.ts';
import { DEMO_USER, DEMO_WATCH, removeOldDemo } from './make-demo-account.ts';
import { programOf } from './processes.mjs';
import { runSetup, say } from './report.mjs';

// A second Ctrl-C must not keep the demo from being removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const [flag] = process.argv.slice(2);
await runSetup(flag === '--list' ? list : finish);

async function list(): Promise<void> {
  const left = await eachSession(async (session) => session.isIdle);
  for (const line of left) console.log(line);
}

async function finish(): Promise<void> {
  const left = await eachSession(async (session, socket) => {
    const ends = flag === '--all' || session.user === DEMO_USER;
    if (ends) await closePamSession(socket);
    return ends;
  });
  await removeOldDemo();
  endDemoWatch();
  rmSync(PATHS.overrides, { force: true });
  say(`vestibule stopped${left.length === 0 ? '' : `, sessions still running: ${left.length}`}`);
  for (const line of left) say(`  ${line}`);
}

/** Ends the process that waits for the end of the server, unless it is this process, which flock has become. */
function endDemoWatch(): void {
  if (!existsSync(DEMO_WATCH)) return;
  const pid = Number(readFileSync(DEMO_WATCH, 'utf8'));
  if (pid > 0 && programOf(pid).endsWith('/flock')) process.kill(pid, 'SIGKILL');
  rmSync(DEMO_WATCH);
}

/** Calls deal for each session; returns a line for each one for which it returned false. */
async function eachSession(
  deal: (session: RunningSession, socket: string) => Promise<boolean>,
): Promise<string[]> {
  const left: string[] = [];
  for (const socket of leaderSockets()) {
    try {
      const session = await askLeader(socket);
      if (session !== null && !(await deal(session, socket))) left.push(describe(session));
    } catch (error) {
      left.push(`${socket}: ${(error as Error).message}`);
    }
  }
  return left;
}

function leaderSockets(): string[] {
  try {
    return readdirSync(PATHS.leaders).map((name) => `${PATHS.leaders}/${name}`);
  } catch {
    return [];
  }
}

function describe({ id, user, label, tty, since }: RunningSession): string {
  return `${label} of ${user}${tty === '' ? '' : ` on ${tty}`}, since ${since.toISOString()} (${id})`;
}
