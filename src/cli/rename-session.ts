/** `vestibule rename-session ID NAME`: gives a session another name. */
import type { Command } from 'commander';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';
import { readSessionId } from './session-id.ts';

export function addRenameSession(program: Command, context: Context): void {
  program
    .command('rename-session')
    .description(
      "give a session another name, of at most 64 characters and not another session's (root)",
    )
    .argument('<id>', "the session, as 'active-sessions' names it")
    .argument('<name>', 'its new name')
    .option('--json', 'write JSON')
    .action((id: string, name: string, { json }: { json?: true }) =>
      renameSession(context, id, name, json === true),
    );
}

async function renameSession(
  context: Context,
  id: string,
  name: string,
  json: boolean,
): Promise<void> {
  const ask = { session: readSessionId(id), name };
  const { session } = await askBroker(context, 'rename-session', ask);
  if (json) printJson(context, session);
  else printLine(context.out, `session ${session.id} is '${session.name}'`);
}
