/** All commands, for commander and docs/cli.md. */
import { Command } from 'commander';
import { VERSION } from '../lib/version.ts';

import { addActiveSessions } from './active-sessions.ts';
import { addConfigCheck } from './config-check.ts';
import { addConfigShow } from './config-show.ts';
import type { Context } from './context.ts';
import { addForceSuspend } from './force-suspend.ts';
import { addKillSession } from './kill-session.ts';
import { addPamCheck } from './pam-check.ts';
import { addPamClose } from './pam-close.ts';
import { addPamExplain } from './pam-explain.ts';
import { addPamSessions } from './pam-sessions.ts';
import { addPamTest } from './pam-test.ts';
import { addRenameSession } from './rename-session.ts';
import { addRun } from './run.ts';
import { addSetDatabaseAside } from './set-database-aside.ts';
import { addSignOut } from './sign-out.ts';
import { addStatus } from './status.ts';

export function makeProgram(context: Context): Command {
  const program = new Command('vestibule');
  program
    .description('sign in with a Linux account, work in real PAM sessions')
    .version(VERSION)
    .configureHelp({ subcommandTerm })
    .enablePositionalOptions();
  const config = program.command('config').description('the configuration');
  addConfigCheck(config, context);
  addConfigShow(config, context);
  addStatus(program, context);
  addActiveSessions(program, context);
  addKillSession(program, context);
  addForceSuspend(program, context);
  addRenameSession(program, context);
  addSignOut(program, context);
  addSetDatabaseAside(program, context);
  addRun(program, context);
  const pam = program.command('pam').description('PAM profiles and PAM sessions');
  addPamTest(pam, context);
  addPamExplain(pam, context);
  addPamCheck(pam, context);
  addPamSessions(pam, context);
  addPamClose(pam, context);
  return program;
}

/** The usage in the list of commands, as in the help of the command: that of commander would lack the '--' of run. */
function subcommandTerm(command: Command): string {
  const usage = command.commands.length === 0 ? ` ${command.usage()}` : '';
  return `${command.name()}${usage}`;
}
