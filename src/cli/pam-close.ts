/** `vestibule pam close ID`: ends all sessions in a PAM session, and closes it. */
import type { Command } from 'commander';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';
import { describeEarlier, readPamSessionId } from './session-id.ts';

export function addPamClose(pam: Command, context: Context): void {
  pam
    .command('close')
    .description(
      'end all sessions in a PAM session, close it, and wait until that is done; after 60 s say what it waits for and exit with 1; if it is closed already, say when; if it was a home session, the next visit of the home page opens a new one (root)',
    )
    .argument('<id>', "the PAM session, as 'pam sessions' names it")
    .option('--json', 'write JSON')
    .action((id: string, { json }: { json?: true }) => closePamSession(context, id, json === true));
}

async function closePamSession(context: Context, id: string, json: boolean): Promise<void> {
  const pamSession = readPamSessionId(id);
  const { already, state, ended } = await askBroker(context, 'close-pam-session', { pamSession });
  if (json) printJson(context, { pamSession, state, ended, already });
  else {
    const how = already ? describeEarlier(state, ended) : 'is closed';
    printLine(context.out, `PAM session ${pamSession} ${how}`);
  }
}
