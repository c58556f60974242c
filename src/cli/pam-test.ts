/** `vestibule pam test PROFILE USER OPERATION…`: like pamtester, but through a leader and with all texts of modules. */
import { Argument, type Command } from 'commander';
import { TEST_OPERATIONS } from '../protocol/broker-leader.ts';
import { isHostName } from '../protocol/names.ts';
import { CliError, type Context, printJson, printLine, requireRoot } from './context.ts';
import type { Event, Outcome } from './pam/outcome.ts';
import type { Operation } from './pam/test-profile.ts';
import { describeEvent } from './pam/words.ts';
import { readFiles } from './reading/read-files.ts';
import { askPerson } from './run/ask-person.ts';
import { limitsOf } from './run/patience.ts';
import { RunError } from './run/run-error.ts';
import { warnWithoutProfile } from './warn-without-profile.ts';

interface Options {
  readonly rhost: string;
  readonly json?: true;
}

export function addPamTest(pam: Command, context: Context): void {
  pam
    .command('test')
    .description(
      'call PAM functions in this order, as far as they succeed, and show what each returned, said and wrote to syslog, and how long it took; exit with 0 when all succeeded (root)',
    )
    .argument('<profile>', 'the PAM profile: a file of /etc/pam.d')
    .argument('<user>', 'the user name as typed at sign-in')
    .addArgument(
      new Argument('<operation...>', `what to call: ${TEST_OPERATIONS.join(', ')}`).choices(
        TEST_OPERATIONS,
      ),
    )
    .option('--rhost <address>', 'where the user comes from (PAM_RHOST)', '')
    .option('--json', 'write JSON')
    .action((profile: string, user: string, operations: Operation[], options: Options) =>
      pamTest(context, { profile, user, operations, ...options }),
    );
}

interface Wish extends Options {
  readonly profile: string;
  readonly user: string;
  readonly operations: readonly Operation[];
}

async function pamTest(context: Context, { json, ...wish }: Wish): Promise<void> {
  requireRoot(context);
  const { operations, profile, user: name, rhost } = wish;
  if (!isHostName(rhost))
    throw new CliError(`wanted an address or host name, got '${rhost}'; name one`, 2);
  const [use, person] = await Promise.all([
    readFiles(context, 'use', { profile }),
    readFiles(context, 'person', { name }),
  ]);
  warnWithoutProfile(context, use);
  if (person === null)
    printLine(
      context.err,
      `warning: no account here has the name '${name}': the results are right only if a module maps it to another name`,
    );
  const tell = (event: Event): void => {
    if (json !== true) for (const line of describeEvent(event)) printLine(context.out, line);
  };
  const limits = limitsOf(use.loaded);
  // Imported late, because it loads the ciphers.
  const { testProfile } = await import('./pam/test-profile.ts');
  const outcomes = await testProfile({ ...wish, limits, ask: askPerson, tell }).catch(
    (error: unknown) => {
      throw error instanceof RunError ? new CliError(error.message) : error;
    },
  );
  const ok = outcomes.length === operations.length && outcomes.every(isSuccess);
  context.exitStatus = ok ? 0 : 1;
  const notCalled = operations.slice(outcomes.length);
  if (json === true) printJson(context, { ok, operations: outcomes, notCalled });
  else for (const operation of notCalled) printLine(context.out, `${operation}: not called`);
}

function isSuccess({ code }: Outcome): boolean {
  return code === 0;
}
