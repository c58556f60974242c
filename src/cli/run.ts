/** `vestibule run USER -- COMMAND`: like su, but through rootd and a leader. */
import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { problemLine } from '../config/load.ts';
import { CliError, type Context, printLine, requireRoot } from './context.ts';
import { readFiles } from './reading/read-files.ts';
import { answersFrom } from './run/ask-for-run.ts';
import { askPerson } from './run/ask-person.ts';
import { limitsOf } from './run/patience.ts';
import { readPassword } from './run/read-password.ts';
import { OWN_FAILURE, RunError } from './run/run-error.ts';
import { processTerminal } from './run/terminal.ts';
import { warnWithoutProfile } from './warn-without-profile.ts';

interface Options {
  readonly profile?: string;
  readonly passwordStdin?: true;
}

export function addRun(program: Command, context: Context): void {
  program
    .command('run')
    .description(
      `run a command in a PAM session of its own, ask the questions of the profile on the terminal, and exit with its status, or 128 and its signal; ${OWN_FAILURE}: it could not be run, or the command line is invalid (root)`,
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
  requireRoot(context);
  const use = await readFiles(context, 'use', { profile: options.profile ?? null });
  const { loaded, profile } = use;
  if (options.profile === undefined && loaded.problems.length > 0)
    throw new CliError(loaded.problems.map(problemLine).join('; '));
  warnWithoutProfile(context, use);
  // Imported late, because it loads the ciphers.
  const { runProgram } = await import('./run/run-program.ts');
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
    if (error instanceof RunError) throw new CliError(error.message);
    throw error;
  } finally {
    password?.fill(0);
  }
}
