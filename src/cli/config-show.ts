/** `vestibule config show`: lists every option, its value and where that was set. */
import type { Command } from 'commander';
import { errorLine } from '../config/finding.ts';
import type { Origin } from '../config/load.ts';
import { OPTION_KEYS } from '../config/options.ts';
import type { OptionValue } from '../config/read-value.ts';
import { type Context, printJson, printLine } from './context.ts';
import { formatTable } from './print-table.ts';
import { readFiles } from './reading/read-files.ts';

export function addConfigShow(config: Command, context: Context): void {
  config
    .command('show')
    .description('show every option with its value and where that comes from')
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => showConfiguration(context, json === true));
}

async function showConfiguration(context: Context, json: boolean): Promise<void> {
  const { values, origins, problems } = await readFiles(context, 'configuration');
  for (const problem of problems) printLine(context.err, errorLine(problem));
  if (problems.length > 0) context.exitStatus = 1;
  const rows = OPTION_KEYS.map((key) => ({ key, value: values[key], origin: origins[key] }));
  if (json) {
    printJson(context, rows);
    return;
  }
  const head = ['OPTION', 'VALUE', 'FROM'];
  context.out(
    formatTable(
      head,
      rows.map(({ key, value, origin }) => [key, shown(value), place(origin)]),
    ),
  );
}

/** As written in the file. */
function shown(value: OptionValue): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function place(origin: Origin): string {
  return origin === 'default' ? 'default' : `${origin.file}:${origin.line}`;
}
