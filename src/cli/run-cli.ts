/** Runs one command line and turns every failure into one line and an exit status. */
import { type Command, CommanderError } from 'commander';
import { escapeText } from '../lib/escape-text.ts';
import { CliError, type Context, printLine } from './context.ts';
import { makeProgram } from './program.ts';
import { OWN_FAILURE } from './run/run-error.ts';

/** Exit status for an invalid command line, as in shells. */
const USAGE = 2;

export async function runCli(args: readonly string[], context: Context): Promise<number> {
  const program = makeProgram(context);
  prepare(program, context);
  // The other exit statuses of `run` are those of the command that it runs.
  const isRun = args[0] === 'run';
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      return isRun ? OWN_FAILURE : USAGE;
    }
    if (!(error instanceof CliError)) throw error;
    printLine(context.err, `vestibule: ${error.message}`);
    return isRun ? OWN_FAILURE : error.status;
  }
}

/** commander writes suggestions on a line of their own, and ends some sentences with a full stop. */
function explainError(command: Command, text: string): string {
  const line = text
    .trimEnd()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  if (command.name() !== 'run' || !line.includes('unknown option')) return line;
  const usage = command.usage().replace('[options] ', '');
  return `${line}; put '--' before a command with options: ${fullName(command)} ${usage}`;
}

function fullName(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${fullName(parent)} ${command.name()}`;
}

/** commander copies these settings only to commands that are made after they are set. */
function prepare(command: Command, context: Context): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: context.out,
    writeErr: context.err,
    outputError: (text, write) =>
      write(
        `vestibule: ${escapeText(explainError(command, text))}; see: ${fullName(command)} --help\n`,
      ),
  });
  for (const child of command.commands) prepare(child, context);
}
