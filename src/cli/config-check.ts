/** `vestibule config check`: everything that is wrong with the configuration, at once. */
import type { Command } from 'commander';
import { checkMachine, type Finding, findingLine } from '../config/check.ts';
import { problemLine } from '../config/load.ts';
import { type Context, printJson, printLine } from './context.ts';

export function addConfigCheck(config: Command, context: Context): void {
  config
    .command('check')
    .description(
      'list every problem of the configuration, with file and line; exit with 1 when there is an error',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => checkConfiguration(context, json === true));
}

function checkConfiguration(context: Context, json: boolean): void {
  const loaded = context.load();
  const { values, problems } = loaded;
  const isRoot = context.uid === 0;
  const found: Finding[] = problems.map((problem) => ({ level: 'error', ...problem }));
  found.push(...checkMachine(loaded, isRoot));
  if (!isRoot && values['ssl-certificate'] !== '') {
    const text = 'not checked: only root can read the key; run it as root';
    found.push({ level: 'warning', file: values['ssl-certificate'], line: 1, text });
  }
  const failed = found.some(({ level }) => level === 'error');
  context.exitStatus = failed ? 1 : 0;
  if (json) {
    printJson(context, { ok: !failed, problems: found });
    return;
  }
  for (const problem of problems) printLine(context.out, problemLine(problem));
  for (const finding of found.slice(problems.length)) printLine(context.out, findingLine(finding));
  if (found.length === 0) printLine(context.out, 'no problems');
}
