/** `vestibule pam check PROFILE`: what is wrong with a PAM profile, why, and the line to write. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { checkProfile, type ProfileFinding } from '../config/pam-profile/check.ts';
import { type Facts, FactsError, parseFacts } from '../config/pam-profile/facts.ts';
import { PURPOSES, type Purpose } from '../config/pam-profile/rule.ts';
import { CliError, type Context, printJson, printLine } from './context.ts';

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
    .option('--facts <file>', 'JSON of what cannot be seen there; what it lacks is found out')
    .option('--json', 'write JSON')
    .action((profile: string, options: Options) => pamCheck(context, profile, options));
}

function pamCheck(context: Context, profile: string, options: Options): void {
  const root = checkedRoot(options.root);
  const service = checkedName(profile);
  const facts = options.facts === undefined ? {} : readFacts(options.facts);
  const purpose = options.for ?? configuredPurpose(context, service, root);
  const found = checkProfile({ service, purpose, root, facts });
  context.exitStatus = found.some(({ level }) => level === 'error') ? 1 : 0;
  if (options.json === true) printJson(context, found);
  else for (const finding of found) printFinding(context, finding);
  if (options.json !== true && found.length === 0) printLine(context.out, 'no problems');
}

function configuredPurpose({ load }: Context, service: string, root: string): Purpose {
  const { values } = load(root);
  if (service === values['auth-pam-profile']) return 'login';
  if (service === values['auth-pam-sessions-profile']) return 'session';
  const used = `'${values['auth-pam-profile']}' (login) and '${values['auth-pam-sessions-profile']}' (session)`;
  throw new CliError(
    `wanted --for ${PURPOSES.join(' or ')}, came none, and the configuration uses ${used}, not '${service}'; say what it is for`,
    2,
  );
}

function printFinding({ out }: Context, finding: ProfileFinding): void {
  const { file, line, level, code, message, why, fix } = finding;
  printLine(out, `${file}:${line}: ${level}: ${message} [${code}]`);
  printLine(out, `    why: ${why}`);
  printLine(out, `    fix: ${fix}`);
}

/** '' is the machine itself. */
export function checkedRoot(directory: string): string {
  const root = resolve(directory);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true)
    return root === '/' ? '' : root;
  throw new CliError(`wanted a directory for --root, came '${directory}'; name one`, 2);
}

export function checkedName(profile: string): string {
  if (/^[^/]+$/.test(profile) && profile !== '.' && profile !== '..') return profile;
  throw new CliError(`wanted the name of a file in /etc/pam.d, came '${profile}'; name one`, 2);
}

export function readFacts(file: string): Partial<Facts> {
  try {
    return parseFacts(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof FactsError) throw new CliError(error.message, 2);
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${file}: wanted a facts file, came ${code}; name one that can be read`, 2);
  }
}
