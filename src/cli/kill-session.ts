/** `vestibule kill-session ID`: ends a session, and its PAM session if no other session uses it. */
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
      'end the programs of a session, close its PAM session unless others use it, and wait until that is done; after 60 s say what it waits for and exit with 1; if the session has ended already, say when (root)',
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
  return `has ended; its PAM session ${PAM_SESSION[pamSession] ?? `is '${pamSession}'`}`;
}
