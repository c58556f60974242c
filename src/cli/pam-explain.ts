/** `vestibule pam explain PROFILE`: explains a PAM profile, module by module. */
import type { Command } from 'commander';
import type { ExplainedFacility, ExplainedModule } from '../config/pam-profile/explain.ts';
import { at } from '../config/pam-profile/stack.ts';
import { type Context, printJson, printLine } from './context.ts';
import { readFiles } from './reading/read-files.ts';

interface Options {
  readonly root: string;
  readonly json?: true;
}

export function addPamExplain(pam: Command, context: Context): void {
  pam
    .command('explain')
    .description(
      'show what a PAM profile says: its modules in order, includes resolved, controls in words, where jumps land, what each means for a session here',
    )
    .argument('<profile>', 'the PAM profile: a file of /etc/pam.d')
    .option('--root <directory>', 'read the files of this directory as if it were /', '/')
    .option('--json', 'write JSON')
    .action((profile: string, options: Options) => pamExplain(context, profile, options));
}

async function pamExplain(context: Context, profile: string, options: Options): Promise<void> {
  const { root, json } = options;
  const { explained, found } = await readFiles(context, 'pam-explain', { profile, root });
  context.exitStatus = found || explained.other !== null ? 0 : 1;
  if (json === true) {
    printJson(context, explained);
    return;
  }
  const { file, other } = explained;
  const instead = other === null ? 'and no fallback' : `PAM uses the fallback ${other}`;
  printLine(context.out, found ? file : `${file}: no such profile, ${instead}`);
  for (const { file, line, code, got } of explained.problems)
    printLine(context.out, `${file}:${line}: ${code}: '${got}'`);
  for (const facility of explained.facilities) printFacility(context, facility, other);
}

function printFacility({ out }: Context, explained: ExplainedFacility, other: string | null): void {
  const { facility, when, borrowed, modules } = explained;
  const from = borrowed && other !== null ? ` (from ${other})` : '';
  out('\n');
  printLine(out, `${facility}${from}: ${when}`);
  if (modules.length === 0) printLine(out, '  no modules: PAM denies');
  for (const [index, module] of modules.entries()) printModule(out, index + 1, module);
}

function printModule(out: Context['out'], number: number, explained: ExplainedModule): void {
  const { module, args, control, words, meaning, reached, through, level } = explained;
  const inside = '  '.repeat(level);
  const line = [module || '(no module)', ...args].join(' ');
  const by = through.length === 0 ? '' : `, included by ${through.map(at).join(', ')}`;
  printLine(out, `${inside}${String(number).padStart(3)}. ${line}  [${at(explained)}${by}]`);
  printLine(out, `${inside}     ${meaning}`);
  printLine(out, `${inside}     ${control || '(no control)'}: ${words}`);
  if (!reached) printLine(out, `${inside}     not called when all goes well`);
}
