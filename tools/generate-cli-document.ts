/** Makes docs/cli.md: every command with its arguments and options, as described to commander. */
import type { Command, Option } from 'commander';
import { processContext } from '../src/cli/context.ts';
import { makeProgram } from '../src/cli/program.ts';

export function makeCliDocument(): string {
  const program = makeProgram(processContext());
  return `<!-- Made by tools/generate-cli-document.ts from src/cli/: do not edit. -->
# The \`vestibule\` command

The command runs as the user who calls it; commands marked (root) must be run by root. Control characters in its output
are escaped. Exit status: 0 for success, 1 for a failure, 2 for an invalid command line, 3 if the command needs the server
and the server is not running, 141 if nobody reads the command's output any more; other statuses are listed with their
command. If a file that a command reads does not answer within 10 s, the command names it and exits with 1.

${leaves(program).map(section).join('\n\n')}
`;
}

/** All commands without subcommands, at any depth. */
function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function section(command: Command): string {
  const options = command.options.filter(({ hidden }) => !hidden).map(optionRow);
  const inputs = command.registeredArguments.map(
    (argument) => `- \`${argument.name()}\`: ${argument.description}`,
  );
  const list = [...inputs, ...options];
  const usage = `\`${[fullName(command), command.usage()].join(' ')}\``;
  const parts = [`## ${fullName(command)}`, usage, sentence(command.description())];
  return [...parts, ...(list.length > 0 ? [list.join('\n')] : [])].join('\n\n');
}

function optionRow({ flags, description }: Option): string {
  return `- \`${flags}\`: ${description}`;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
