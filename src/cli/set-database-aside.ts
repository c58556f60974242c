/** `vestibule set-database-aside`: replaces a database that cannot be used by a new one. Done on request only. */
import type { Command } from 'commander';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';

export function addSetDatabaseAside(program: Command, context: Context): void {
  program
    .command('set-database-aside')
    .description(
      'rename a database that is damaged or has the wrong owner, and create a new one: everybody has to sign in again, running sessions continue (root)',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => setDatabaseAside(context, json === true));
}

async function setDatabaseAside(context: Context, json: boolean): Promise<void> {
  const { aside } = await askBroker(context, 'set-database-aside', {});
  if (json) printJson(context, { aside });
  else printLine(context.out, `the old database is '${aside}' now, a new one is in use`);
}
