/**
 * What supervise becomes when it ends: ends the demo's sessions and removes its account, takes back the overrides, and
 * says which sessions it leaves running. For npm run uninstall: with --list it writes a line to stdout for each session
 * but idle home sessions, and does nothing; with --all it ends every session.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { askLeader, closePamSession, type RunningSession } from './ask-leader.ts';
import { DEMO_USER, DEMO_WATCH, removeOldDemo } from './make-demo-account.ts';
import { programOf } from './processes.mjs';
import { runSetup, say } from './report.mjs';

// Who presses Ctrl-C twice still wants the demo gone.
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
  say(`vestibule stopped${left.length === 0 ? '' : `, sessions left running: ${left.length}`}`);
  for (const line of left) say(`  ${line}`);
}

/** It has nothing more to wait for. When it is we, it is no flock any more. */
function endDemoWatch(): void {
  if (!existsSync(DEMO_WATCH)) return;
  const pid = Number(readFileSync(DEMO_WATCH, 'utf8'));
  if (pid > 0 && programOf(pid).endsWith('/flock')) process.kill(pid, 'SIGKILL');
  rmSync(DEMO_WATCH);
}

/** A line for each session that is not dealt with. */
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
