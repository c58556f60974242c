/** `vestibule active-sessions`: lists the sessions, what they use, and with --ended how they ended. */
import type { Command } from 'commander';
import type { ActiveSession } from '../protocol/cli-broker.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { EndedBy } from '../protocol/page-gateway.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';
import { formatColumns, formatTime, type TableColumn } from './print-table.ts';
import { printTroubles } from './print-troubles.ts';

/** The words for root: the page calls the user 'you'. */
const BY: Readonly<Record<EndedBy, string>> = {
  administrator: 'ended by an administrator',
  user: 'ended by the user',
  account: 'account not allowed any more',
};
type Column = TableColumn<ActiveSession>;

const FIRST: readonly Column[] = [
  ['SESSION', ({ id }) => id],
  ['USER', ({ user }) => user],
  ['NAME', ({ name }) => name],
  ['STATE', ({ state, step }) => (step === null ? state : `${state}: ${step}`)],
  ['PID', ({ pid }) => (pid === 0 ? '-' : String(pid))],
  ['TTY', ({ tty }) => tty ?? '-'],
  ['STARTED', ({ started }) => formatTime(started)],
];
const OF_ENDED: readonly Column[] = [
  ['ENDED', ({ ended }) => formatTime(ended)],
  ['HOW', describeEnd],
];
const LAST: readonly Column[] = [
  ['ACTIVE', ({ activity }) => formatTime(activity)],
  ['MEMORY', ({ usage }) => (usage ? `${(usage.memory / 2 ** 20).toFixed(1)} MiB` : '-')],
  ['PROCS', ({ usage }) => (usage ? String(usage.processes) : '-')],
  ['CPU', ({ usage }) => (usage ? `${usage.cpu.toFixed(1)} s` : '-')],
  ['FROM', ({ address, origin }) => (address === '' ? origin : address)],
  ['PAM SESSION', ({ pamSession }) => pamSession ?? '-'],
];

export function addActiveSessions(program: Command, context: Context): void {
  program
    .command('active-sessions')
    .description('list the sessions of all users and what they use (root)')
    .option(
      '--ended',
      'also list those that ended within the last hour: when, how, and why they failed',
    )
    .option('--json', 'write JSON')
    .action(({ ended, json }: { ended?: true; json?: true }) =>
      listSessions(context, ended === true, json === true),
    );
}

async function listSessions(context: Context, ended: boolean, json: boolean): Promise<void> {
  const { sessions, idle } = await askForAll(context, ended);
  if (json) {
    printJson(context, sessions);
    return;
  }
  const columns = [...FIRST, ...(ended ? OF_ENDED : []), ...LAST];
  context.out(formatColumns(columns, sessions));
  printTroubles(context, sessions);
  if (idle > 0) printLine(context.out, describeIdle(idle));
}

async function askForAll(context: Context, ended: boolean) {
  const all: ActiveSession[] = [];
  for (let after: SessionId | undefined; ; ) {
    const { sessions, next, idle } = await askBroker(context, 'active-sessions', { ended, after });
    all.push(...sessions);
    after = next ?? undefined;
    if (after === undefined) return { sessions: all, idle };
  }
}

function describeIdle(count: number): string {
  const what = count === 1 ? '1 PAM session is' : `${count} PAM sessions are`;
  return `${what} open although the program has ended; 'vestibule pam sessions' lists them`;
}

/** Of a failure only its code: its text is below the table. */
function describeEnd({ ended, problem, endedBy, exitStatus }: ActiveSession): string {
  if (ended === null) return '-';
  if (problem !== null) return problem.code;
  if (endedBy !== null) return BY[endedBy];
  return exitStatus === null ? '-' : `exit status ${exitStatus}`;
}
