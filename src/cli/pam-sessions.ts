/** `vestibule pam sessions`: lists the PAM sessions, and the sessions that run in each. */
import type { Command } from 'commander';
import type { PamSessionView } from '../protocol/cli-broker.ts';
import type { PamSessionId } from '../protocol/ids.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson } from './context.ts';
import { formatColumns, formatTime, type TableColumn } from './print-table.ts';
import { printTroubles } from './print-troubles.ts';

type Column = TableColumn<PamSessionView>;

const FIRST: readonly Column[] = [
  ['PAM SESSION', ({ id }) => id],
  ['USER', ({ user }) => user],
  ['STATE', ({ state }) => state],
  ['HOME', ({ home }) => (home ? 'yes' : 'no')],
  ['PROFILE', ({ profile }) => profile],
  ['LEADER', ({ leader }) => (leader === 0 ? '-' : String(leader))],
  ['STARTED', ({ started }) => formatTime(started)],
];
const OF_ENDED: readonly Column[] = [
  ['ENDED', ({ ended }) => formatTime(ended)],
  ['HOW', describeEnd],
];
const LAST: readonly Column[] = [['SESSIONS', describeSessions]];

export function addPamSessions(pam: Command, context: Context): void {
  pam
    .command('sessions')
    .description(
      "list the PAM sessions of all users, home sessions among them, with the sessions that run in each; 'idle': none does any more (root)",
    )
    .option(
      '--ended',
      'also list those that ended within the last hour: when, how, and why they failed',
    )
    .option('--json', 'write JSON')
    .action(({ ended, json }: { ended?: true; json?: true }) =>
      listPamSessions(context, ended === true, json === true),
    );
}

async function listPamSessions(context: Context, ended: boolean, json: boolean): Promise<void> {
  const all = await askForAll(context, ended);
  if (json) {
    printJson(context, all);
    return;
  }
  const columns = [...FIRST, ...(ended ? OF_ENDED : []), ...LAST];
  context.out(formatColumns(columns, all));
  printTroubles(context, all);
}

async function askForAll(context: Context, ended: boolean): Promise<PamSessionView[]> {
  const all: PamSessionView[] = [];
  let after: PamSessionId | undefined;
  do {
    const { pamSessions, next } = await askBroker(context, 'pam-sessions', { ended, after });
    all.push(...pamSessions);
    after = next ?? undefined;
  } while (after !== undefined);
  return all;
}

/** Of a failure only its code: its text is below the table. */
function describeEnd({ ended, problem, state }: PamSessionView): string {
  if (ended === null) return '-';
  if (state === 'unclean') return 'its leader died';
  return problem?.code ?? (state === 'closed' ? 'in order' : '-');
}

/** Of one that is idle, the name of the session that it was opened for. */
function describeSessions({ sessions, state, label }: PamSessionView): string {
  if (sessions.length > 0) return sessions.join(' ');
  if (state !== 'open') return '-';
  return label === '' ? 'idle' : `idle, was for '${label}'`;
}
