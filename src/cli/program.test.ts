/** docs/cli.md and the commands agree: nothing is missing there, and nothing is documented that does not exist. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';
import { processContext } from './context.ts';
import { makeProgram } from './program.ts';

const document = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const sections = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);

function commands(command: Command, prefix = ''): [string, Command][] {
  const name = `${prefix}${command.name()}`;
  if (command.commands.length === 0) return [[name, command]];
  return command.commands.flatMap((child) => commands(child, `${name} `));
}
const all = commands(makeProgram(processContext()));

test('every command has a section, and every section a command', () => {
  assert.deepEqual([...sections.keys()].sort(), all.map(([name]) => name).sort());
});

for (const [name, command] of all) {
  test(`${name}: every argument and flag is documented, and no other`, () => {
    const documented = [...(sections.get(name) ?? '').matchAll(/^- `([^`]+)`/gm)].map(
      ([, what]) => what,
    );
    const wanted = [
      ...command.registeredArguments.map((argument) => argument.name()),
      ...command.options.map(({ flags }) => flags),
    ];
    assert.deepEqual(documented, wanted);
  });
}
