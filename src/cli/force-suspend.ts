/** `vestibule force-suspend-session ID` and `force-suspend-all`: end sessions and close their PAM sessions. */
import type { Command } from 'commander';
import type { AllSuspended, SessionEnd } from '../protocol/cli-broker.ts';
import { askBroker } from './ask-broker.ts';
import { CliError, type Context, printJson, printLine } from './context.ts';
import { describePamSession } from './kill-session.ts';
import { describeEarlier, readSessionId } from './session-id.ts';

export function addForceSuspend(program: Command, context: Context): void {
  program
    .command('force-suspend-session')
    .description(
      'end the programs of a session, close its PAM session whatever auth-pam-sessions-close says, and wait until that is done; if other sessions run in the same PAM session (auth-pam-sessions-scope=user), end the programs only, and say so; after 60 s say what it waits for and exit with 1 (root)',
    )
    .argument('<id>', "the session, as 'active-sessions' names it")
    .option('--json', 'write JSON')
    .action((id: string, { json }: { json?: true }) => suspendOne(context, id, json === true));
  program
    .command('force-suspend-all')
    .description(
      'do the same for all sessions of all users, and close the PAM sessions in which no program runs any more; home sessions in which no session runs stay open; exit with 1 if something could not be closed (root)',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => suspendAll(context, json === true));
}

async function suspendOne(context: Context, id: string, json: boolean): Promise<void> {
  const session = readSessionId(id);
  const end = await askBroker(context, 'force-suspend-session', { session });
  if (json) printJson(context, { session, ...end });
  else printLine(context.out, `session ${session} ${describe(end)}`);
}

function describe({ already, state, ended, pamSession }: SessionEnd): string {
  const what = already ? describeEarlier(state, ended) : 'has ended';
  if (pamSession === null) return what;
  const others = pamSession === 'open' && !already ? ': other sessions run in it' : '';
  return `${what}; its PAM session ${describePamSession(pamSession)}${others}`;
}

async function suspendAll(context: Context, json: boolean): Promise<void> {
  const all = await askBroker(context, 'force-suspend-all', {});
  if (json) printJson(context, all);
  else printLine(context.out, count(all));
  if (all.left.length === 0) return;
  const left = all.left.map(({ id, state }) => `${id} is '${state}'`).join(', ');
  throw new CliError(
    `wanted all PAM sessions to be closed, got: ${left}; 'vestibule pam sessions --ended' says what they wait for`,
  );
}

function count({ sessions, pamSessions }: AllSuspended): string {
  const ended = sessions === 1 ? '1 session' : `${sessions} sessions`;
  const closed = pamSessions === 1 ? '1 PAM session' : `${pamSessions} PAM sessions`;
  return `${ended} ended, ${closed} closed`;
}
