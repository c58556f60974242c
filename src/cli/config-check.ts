/** `vestibule config check`: lists all problems of the configuration. */
import type { Command } from 'commander';
import { errorLine, type Finding, findingLine } from '../config/finding.ts';
import { type Context, printJson, printLine } from './context.ts';
import { readFiles } from './reading/read-files.ts';

export function addConfigCheck(config: Command, context: Context): void {
  config
    .command('check')
    .description(
      'list every problem of the configuration, with file and line; exit with 1 when there is an error',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => checkConfiguration(context, json === true));
}

async function checkConfiguration(context: Context, json: boolean): Promise<void> {
  const { problems, findings } = await readFiles(context, 'configuration-check');
  const found: Finding[] = problems.map((problem) => ({ level: 'error', ...problem }));
  found.push(...findings);
  const failed = found.some(({ level }) => level === 'error');
  context.exitStatus = failed ? 1 : 0;
  if (json) {
    printJson(context, { ok: !failed, problems: found });
    return;
  }
  for (const problem of problems) printLine(context.out, errorLine(problem));
  for (const finding of findings) printLine(context.out, findingLine(finding));
  if (found.length === 0) printLine(context.out, 'no problems');
}
