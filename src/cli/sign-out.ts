/** `vestibule sign-out USER|--all`: ends sign-ins, and with --all makes all grants invalid. */
import type { Command } from 'commander';
import { askBroker } from './ask-broker.ts';
import { CliError, type Context, printJson, printLine, requireRoot } from './context.ts';
import { readFiles } from './reading/read-files.ts';
import { replaceKey } from './replace-key.ts';

interface Options {
  readonly all?: true;
  readonly json?: true;
}

export function addSignOut(program: Command, context: Context): void {
  program
    .command('sign-out')
    .description(
      'sign a user out everywhere; running sessions continue, and nobody can enter them (root)',
    )
    .argument('[user]', 'the login name')
    .option(
      '--all',
      'sign everybody out, and make a new grant key: no earlier sign-in opens a session',
    )
    .option('--json', 'write JSON')
    .action((user: string | undefined, options: Options) => signOut(context, user, options));
}

async function signOut(context: Context, user: string | undefined, options: Options) {
  const all = options.all === true;
  if (all === (user !== undefined) || user === '') {
    throw new CliError("wanted either a user name or '--all', got both or none", 2);
  }
  requireRoot(context);
  // The key first: it makes grants invalid even if the broker does not answer.
  if (all) replaceKey(context.grantKey);
  const { tickets } = await endTickets(context, user ?? null);
  if (tickets === 0 && user !== undefined) await refuseUnknown(context, user);
  if (options.json === true) printJson(context, { user: user ?? null, tickets, grantsVoid: all });
  else printLine(context.out, sentence(tickets, user));
}

async function endTickets(context: Context, user: string | null) {
  try {
    return await askBroker(context, 'end-sign-ins', { user });
  } catch (error) {
    if (user !== null || !(error instanceof CliError)) throw error;
    const text = `the grant key is new, but the sign-ins were not ended: ${error.message}; run it again once the server runs`;
    throw new CliError(text, error.status);
  }
}

/** No sign-in has ended: refuses a name that no account has, or that is not the main name of the account. */
async function refuseUnknown(context: Context, user: string): Promise<void> {
  const entry = await readFiles(context, 'person', { name: user });
  if (entry === 'no answer') return;
  if (entry === null)
    throw new CliError(`wanted a login name, got '${user}', which no account here has; none ended`);
  if (entry.name === user) return;
  throw new CliError(
    `wanted a login name, got '${user}', which is another name of '${entry.name}'; none ended: use that name`,
  );
}

function sentence(tickets: number, user: string | undefined): string {
  const ended = tickets === 1 ? '1 sign-in' : `${tickets} sign-ins`;
  if (user !== undefined) return `${ended} of '${user}' ended`;
  return `${ended} ended, and no earlier one opens a session`;
}
