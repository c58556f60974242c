/** `vestibule kill-session ID`: ends the programs of a session; auth-pam-sessions-close decides about its PAM session. */
import type { Command } from 'commander';
import type { PamSessionState, SessionEnd } from '../protocol/cli-broker.ts';
import { askBroker } from './ask-broker.ts';
import { type Context, printJson, printLine } from './context.ts';
import { describeEarlier, readSessionId } from './session-id.ts';

/** Words for states of the PAM session after the end of the session; other states are shown as they are. */
const PAM_SESSION: Partial<Record<PamSessionState, string>> = {
  open: 'stays open',
  closed: 'is closed',
  failed: 'was never open',
};

export function addKillSession(program: Command, context: Context): void {
  program
    .command('kill-session')
    .description(
      'end the programs of a session, wait until that is done, and close its PAM session if auth-pam-sessions-close says so; after 60 s say what it waits for and exit with 1; if the session has ended already, say when (root)',
    )
    .argument('<id>', "the session, as 'active-sessions' names it")
    .option('--json', 'write JSON')
    .action((id: string, { json }: { json?: true }) => killSession(context, id, json === true));
}

async function killSession(context: Context, id: string, json: boolean): Promise<void> {
  const session = readSessionId(id);
  const end = await askBroker(context, 'kill-session', { session });
  if (json) printJson(context, { session, ...end });
  else printLine(context.out, `session ${session} ${describe(end)}`);
}

function describe({ already, state, ended, pamSession }: SessionEnd): string {
  if (already) return describeEarlier(state, ended);
  if (pamSession === null) return 'has ended';
  return `has ended; its PAM session ${describePamSession(pamSession)}`;
}

export function describePamSession(state: PamSessionState): string {
  return PAM_SESSION[state] ?? `is '${state}'`;
}
