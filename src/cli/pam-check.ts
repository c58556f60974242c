/** `vestibule pam check PROFILE`: lists the problems of a PAM profile, why they are problems, and the line to write. */
import { closeSync, openSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { placeOf } from '../config/finding.ts';
import type { ProfileFinding } from '../config/pam-profile/check.ts';
import { MAX_BYTES } from '../config/pam-profile/root-files.ts';
import { PURPOSES, type Purpose } from '../config/pam-profile/rule.ts';
import { fillFrom } from '../lib/fill-from.ts';
import { CliError, type Context, printJson, printLine } from './context.ts';
import { readFiles } from './reading/read-files.ts';

interface Options {
  readonly for?: Purpose;
  readonly root: string;
  readonly facts?: string;
  readonly json?: true;
}

export function addPamCheck(pam: Command, context: Context): void {
  pam
    .command('check')
    .description(
      'list what is wrong with a PAM profile, with file and line, why, and the line to write (docs/pam-check.md); exit with 1 when there is an error',
    )
    .argument('<profile>', 'the PAM profile: a file of /etc/pam.d')
    .addOption(
      new Option(
        '--for <purpose>',
        'what it is used for: to check who signs in, to open sessions as the server does, or to open them with a password as `vestibule run --password-stdin` does (default: as the configuration uses it)',
      ).choices(PURPOSES),
    )
    .option('--root <directory>', 'check the files of this directory as if it were /', '/')
    .option(
      '--facts <file>',
      'JSON of facts that these files do not show; facts that it lacks are determined',
    )
    .option('--json', 'write JSON')
    .action((profile: string, options: Options) => pamCheck(context, profile, options));
}

async function pamCheck(context: Context, profile: string, options: Options): Promise<void> {
  const { root, facts: file, for: purpose = null } = options;
  const facts = file === undefined ? null : { file, text: readDescriptor(file) };
  const found = await readFiles(context, 'pam-check', { profile, root, purpose, facts });
  context.exitStatus = found.some(({ level }) => level === 'error') ? 1 : 0;
  if (options.json === true) printJson(context, found);
  else for (const finding of found) printFinding(context, finding);
  if (options.json !== true && found.length === 0) printLine(context.out, 'no problems');
}

function printFinding({ out }: Context, finding: ProfileFinding): void {
  const { level, code, message, why, fix } = finding;
  printLine(out, `${placeOf(finding)}: ${level}: ${message} [${code}]`);
  printLine(out, `    why: ${why}`);
  for (const [index, line] of fix.split('\n').entries())
    printLine(out, `    ${index === 0 ? 'fix:' : '    '} ${line}`);
}

/** The content of a descriptor that only this process has; null: it is a file, which the reader process can open. */
function readDescriptor(file: string): string | null {
  const isOpen = /^\/(dev\/stdin|dev\/fd\/\d+|proc\/self\/fd\/\d+)$/.test(file);
  return isOpen ? readAtMost(file, MAX_BYTES) : null;
}

function readAtMost(file: string, most: number): string {
  const data = Buffer.alloc(most + 1);
  const fd = openSync(file, 'r');
  try {
    const size = fillFrom(fd, data);
    if (size <= most) return data.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
  throw new CliError(`${file}: wanted facts of at most ${most} bytes, got more; name a file`, 2);
}
