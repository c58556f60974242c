/** `vestibule active-sessions`: the sessions that there are, what they use, and why those failed that did. */
import type { Command } from 'commander';
import type { ActiveSession } from '../protocol/cli-broker.ts';
import type { SessionId } from '../protocol/ids.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson } from './context.ts';
import { formatTable } from './print-table.ts';
import { printTroubles } from './print-troubles.ts';

const HEAD = [
  ...['SESSION', 'USER', 'NAME', 'STATE', 'PID', 'TTY', 'STARTED', 'ACTIVE', 'MEMORY', 'PROCS'],
  ...['CPU', 'FROM'],
];

export function addActiveSessions(program: Command, context: Context): void {
  program
    .command('active-sessions')
    .description('list the sessions of all users and what they use (root)')
    .option('--ended', 'those too that ended within the last hour, and why they failed')
    .option('--json', 'write JSON')
    .action(({ ended, json }: { ended?: true; json?: true }) =>
      listSessions(context, ended === true, json === true),
    );
}

async function listSessions(context: Context, ended: boolean, json: boolean): Promise<void> {
  const sessions = await askForAll(context, ended);
  if (json) {
    printJson(context, sessions);
    return;
  }
  context.out(formatTable(HEAD, sessions.map(row)));
  printTroubles(context, sessions);
}

async function askForAll(context: Context, ended: boolean): Promise<ActiveSession[]> {
  const all: ActiveSession[] = [];
  let after: SessionId | undefined;
  do {
    const { sessions, next } = await askBroker(context, 'active-sessions', { ended, after });
    all.push(...sessions);
    after = next ?? undefined;
  } while (after !== undefined);
  return all;
}

function row(session: ActiveSession): string[] {
  const { state, step, usage, activity } = session;
  return [
    session.id,
    session.user,
    session.name,
    step === null ? state : `${state}: ${step}`,
    session.pid === 0 ? '-' : String(session.pid),
    session.tty ?? '-',
    new Date(session.started).toISOString(),
    activity === null ? '-' : new Date(activity).toISOString(),
    usage === null ? '-' : `${(usage.memory / 2 ** 20).toFixed(1)} MiB`,
    usage === null ? '-' : String(usage.processes),
    usage === null ? '-' : `${usage.cpu.toFixed(1)} s`,
    session.address === '' ? session.origin : session.address,
  ];
}
