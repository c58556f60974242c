/** `vestibule status`: whether the server runs, and how it is. */
import type { Command } from 'commander';
import type { Status } from '../protocol/cli-broker.ts';
import { askBroker, NOT_RUNNING } from './ask-broker.ts';
import { CliError, type Context, printJson, printLine } from './context.ts';

/** It runs, and cannot do all of its work. */
const IN_TROUBLE = 4;

export function addStatus(program: Command, context: Context): void {
  program
    .command('status')
    .description(
      'say whether the server runs and how it is; exit with 3 when it does not run, with 4 when something keeps it from its work (root)',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => showStatus(context, json === true));
}

async function showStatus(context: Context, json: boolean): Promise<void> {
  try {
    const status = await askBroker(context, 'status', {});
    if (json) printJson(context, { running: true, ...status });
    else for (const line of statusLines(status)) printLine(context.out, line);
    if (status.troubles.length > 0) context.exitStatus = IN_TROUBLE;
  } catch (error) {
    if (json && error instanceof CliError && error.status === NOT_RUNNING)
      printJson(context, { running: false });
    throw error;
  }
}

function statusLines(status: Status): string[] {
  const since = new Date(status.brokerStarted).toISOString();
  return [
    `vestibule ${status.version}, broker running since ${since}`,
    `gateway: ${status.gatewayConnected ? 'connected' : 'not connected'}`,
    `login profile: ${status.loginProfile}`,
    `session profile: ${status.sessionProfile}`,
    `signed in: ${status.tickets}`,
    `sessions: ${status.sessions}`,
    `home sessions: ${status.homeSessions}`,
    ...status.troubles.map(({ text }) => `trouble: ${text}`),
    ...status.warnings.map((warning) => `warning: ${warning}`),
  ];
}
