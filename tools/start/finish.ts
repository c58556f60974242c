/**
 * What supervise becomes when it ends: ends the demo's sessions and removes its account, takes back the overrides, and
 * says which sessions it leaves running. With --all it ends every session (npm run uninstall).
 */
import { readdirSync, rmSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { askLeader, endSession, type RunningSession } from './ask-leader.ts';
import { readChanges } from './changes.mjs';
import { DEMO_USER } from './make-demo-account.ts';
import { removeAccount } from './remove-account.mjs';
import { runSetup, say } from './report.mjs';

// Who presses Ctrl-C twice still wants the demo gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

await runSetup(async () => {
  const all = process.argv[2] === '--all';
  const left: string[] = [];
  for (const socket of leaderSockets()) {
    try {
      const session = await askLeader(socket);
      if (session === null) continue;
      if (all || session.user === DEMO_USER) await endSession(socket);
      else left.push(describe(session));
    } catch (error) {
      left.push(`${socket}: ${(error as Error).message}`);
    }
  }
  if (readChanges().users.includes(DEMO_USER)) await removeAccount(DEMO_USER);
  rmSync(PATHS.overrides, { force: true });
  say(`vestibule stopped${left.length === 0 ? '' : `, sessions left running: ${left.length}`}`);
  for (const line of left) say(`  ${line}`);
});

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
