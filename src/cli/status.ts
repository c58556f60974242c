/** `vestibule status`: whether the server runs, and its state. */
import type { Command } from 'commander';
import type { Status } from '../protocol/cli-broker.ts';
import type { ServiceReport } from '../protocol/services-file.ts';
import { askBroker, NOT_RUNNING } from './ask-broker.ts';
import { CliError, type Context, printJson, printLine, requireRoot } from './context.ts';
import { describeTrouble, readServices } from './read-services.ts';

/** Exit status: the server runs, but cannot do all of its work. */
const IN_TROUBLE = 4;
const ANSWER_SECONDS = 5;

export function addStatus(program: Command, context: Context): void {
  program
    .command('status')
    .description(
      'show whether the server runs and its state; exit with 3 when it does not run, with 4 when a service does not run or something keeps it from its work (root)',
    )
    .option('--json', 'write JSON')
    .action(({ json }: { json?: true }) => showStatus(context, json === true));
}

async function showStatus(context: Context, json: boolean): Promise<void> {
  requireRoot(context);
  const services = readServices(context.servicesFile);
  const troubles = services.filter(({ state }) => state !== 'running').map(describeTrouble);
  const status = await askForStatus(context, services, troubles).catch((error) => {
    if (json && error instanceof CliError && error.status === NOT_RUNNING)
      printJson(context, { running: false });
    throw error;
  });
  if (status?.gatewayConnected === false && troubles.length === 0)
    troubles.push('the gateway is not connected to the broker');
  if (json) printJson(context, { running: status !== null, ...status, services });
  else if (status !== null) for (const line of statusLines(status)) printLine(context.out, line);
  if (!json) for (const text of troubles) printLine(context.out, `trouble: ${text}`);
  if (troubles.length > 0 || (status?.troubles.length ?? 0) > 0) context.exitStatus = IN_TROUBLE;
}

/** null: the broker cannot answer; the reason is added to the troubles. Rejects if no server runs. */
async function askForStatus(
  context: Context,
  services: readonly ServiceReport[],
  troubles: string[],
): Promise<Status | null> {
  // If the broker does not run we would wait in vain: supervise keeps its socket open.
  if (services.some(({ name, state }) => name === 'broker' && state !== 'running')) return null;
  try {
    return await askBroker(context, 'status', {}, ANSWER_SECONDS);
  } catch (error) {
    if (services.length === 0) throw error;
    troubles.push((error as Error).message);
    return null;
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
    `PAM sessions: ${status.pamSessions}`,
    `home sessions: ${status.homeSessions}`,
    `idle PAM sessions: ${status.idlePamSessions}`,
    ...status.troubles.map(({ text }) => `trouble: ${text}`),
    ...status.warnings.map((warning) => `warning: ${warning}`),
  ];
}
