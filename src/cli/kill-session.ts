/** `vestibule kill-session ID`: ends the programs of a session, and with the last one its PAM session. */
import type { Command } from 'commander';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';
import { readSessionId } from './session-id.ts';

export function addKillSession(program: Command, context: Context): void {
  program
    .command('kill-session')
    .description(
      'end the programs of a session, close its PAM session unless others use it, and wait until that is done; after 60 s say what it waits for and exit with 1 (root)',
    )
    .argument('<id>', "the session, as 'active-sessions' names it")
    .option('--json', 'write JSON')
    .action((id: string, { json }: { json?: true }) => killSession(context, id, json === true));
}

async function killSession(context: Context, id: string, json: boolean): Promise<void> {
  const session = readSessionId(id);
  await askBroker(context, 'kill-session', { session });
  if (json) printJson(context, { session, closed: true });
  else printLine(context.out, `session ${session} is closed`);
}
