/** docs/cli.md: every command with its arguments and options, from commander's own description of them. */
import type { Command, Option } from 'commander';
import { processContext } from '../src/cli/context.ts';
import { makeProgram } from '../src/cli/program.ts';

export function makeCliDocument(): string {
  const program = makeProgram(processContext());
  return `<!-- Made by tools/generate-cli-document.ts from src/cli/: do not edit. -->
# The \`vestibule\` command

It runs as whoever calls it; commands that say (root) want root. Control characters in what it shows are escaped. Exit
status: 0 when all went well, 1 when not, 2 when the command line is not understood, 3 when the server that a command asks does not run,
and what a command below says. Where a file that a command reads does not answer within 10 s, the command names it and exits with 1.

${leaves(program).map(section).join('\n\n')}
`;
}

/** Commands that do something, those in groups included. */
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
