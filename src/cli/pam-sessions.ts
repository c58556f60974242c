/** `vestibule pam sessions`: the PAM sessions that there are, and which sessions run in each. */
import type { Command } from 'commander';
import type { PamSessionView } from '../protocol/cli-broker.ts';
import type { PamSessionId } from '../protocol/ids.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson } from './context.ts';
import { formatTable } from './print-table.ts';
import { printTroubles } from './print-troubles.ts';

const HEAD = ['PAM SESSION', 'USER', 'STATE', 'HOME', 'PROFILE', 'LEADER', 'STARTED', 'SESSIONS'];

export function addPamSessions(pam: Command, context: Context): void {
  pam
    .command('sessions')
    .description(
      'list the PAM sessions of all users, home sessions among them, with the sessions that run in each (root)',
    )
    .option('--ended', 'those too that ended within the last hour, and why they failed')
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
  context.out(formatTable(HEAD, all.map(row)));
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

function row({ id, user, state, home, profile, leader, started, sessions }: PamSessionView) {
  return [
    id,
    user,
    state,
    home ? 'yes' : 'no',
    profile,
    leader === 0 ? '-' : String(leader),
    new Date(started).toISOString(),
    sessions.length === 0 ? '-' : sessions.join(' '),
  ];
}
