/** `vestibule active-sessions`: the sessions that there are. */
import type { Command } from 'commander';
import type { ActiveSession } from '../protocol/cli-broker.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson } from './context.ts';
import { formatTable } from './print-table.ts';

export function addActiveSessions(program: Command, context: Context): void {
  program
    .command('active-sessions')
    .description('list the sessions of all users (root)')
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => listSessions(context, json === true));
}

async function listSessions(context: Context, json: boolean): Promise<void> {
  const { sessions } = await askBroker(context, 'active-sessions', {});
  if (json) {
    printJson(context, sessions);
    return;
  }
  const head = ['SESSION', 'USER', 'NAME', 'STATE', 'PID', 'TTY', 'STARTED', 'FROM'];
  context.out(formatTable(head, sessions.map(row)));
}

function row(session: ActiveSession): string[] {
  return [
    session.id,
    session.user,
    session.name,
    session.state,
    session.pid === 0 ? '-' : String(session.pid),
    session.tty ?? '-',
    new Date(session.started).toISOString(),
    session.address === '' ? session.origin : session.address,
  ];
}
