/** `vestibule run USER -- COMMAND`: what su is, by way of rootd and a leader. */
import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { type LoadedConfiguration, problemLine } from '../config/load.ts';
import { CliError, type Context, printLine, requireRoot } from './context.ts';
import { warnWithoutProfile } from './names.ts';
import { answersFrom } from './run/ask-for-run.ts';
import { askPerson } from './run/ask-person.ts';
import { limitsOf } from './run/patience.ts';
import { readPassword } from './run/read-password.ts';
import { OWN_FAILURE, RunError } from './run/run-error.ts';
import { runProgram } from './run/run-program.ts';
import { processTerminal } from './run/terminal.ts';

interface Options {
  readonly profile?: string;
  readonly passwordStdin?: true;
}

export function addRun(program: Command, context: Context): void {
  program
    .command('run')
    .description(
      `run a command in a PAM session of its own, asking on a terminal what the profile asks, and exit with its status, or 128 and its signal; ${OWN_FAILURE}: it could not be run (root)`,
    )
    .usage('[options] <user> -- <command> [argument...]')
    .argument('<user>', 'whose session it is')
    .argument('<command...>', 'the program and its arguments, behind --')
    .option('--profile <name>', "the PAM profile (default: 'auth-pam-sessions-profile')")
    .option(
      '--password-stdin',
      "answer the profile's first hidden question with the first line of stdin",
    )
    .action((user: string, command: string[], options: Options) =>
      run(context, user, command, options),
    );
}

async function run(
  context: Context,
  user: string,
  command: readonly string[],
  options: Options,
): Promise<void> {
  requireRoot(context, OWN_FAILURE);
  const loaded = context.load();
  const profile = options.profile ?? sessionProfile(loaded);
  warnWithoutProfile(context, profile);
  const terminal = processTerminal();
  let password: ReturnType<typeof readPassword> | null = null;
  try {
    if (options.passwordStdin) password = readPassword(0);
    const tell = (text: string): void => printLine(context.err, text);
    const answers = answersFrom(password, isatty(0) ? askPerson : null);
    const limits = limitsOf(loaded);
    context.exitStatus = await runProgram({
      ...{ user, command, profile, answers, terminal, tell, limits },
    });
  } catch (error) {
    if (error instanceof RunError) throw new CliError(error.message, OWN_FAILURE);
    throw error;
  } finally {
    password?.fill(0);
  }
}

function sessionProfile({ values, problems }: LoadedConfiguration): string {
  if (problems.length > 0) throw new CliError(problems.map(problemLine).join('; '), OWN_FAILURE);
  return values['auth-pam-sessions-profile'];
}
