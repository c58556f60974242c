/**
 * npm run uninstall [-- [--force] [--packages]]: stops the server, then undoes what npm start changed on this machine. It
 * refuses while sessions are running; with --force it ends them. Needs any Node from version 20 on, and no node_modules.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readChanges } from './changes.mjs';
import { checkMachine } from './check-machine.mjs';
import { COMMAND, unlinkCommand } from './link-command.mjs';
import { LOCK, openLock, takeLock } from './lock.mjs';
import { INSTALLED, killUntilGone, rootProcessesUnder } from './processes.mjs';
import { removeAccount } from './remove-account.mjs';
import { removePackages } from './remove-packages.mjs';
import { removeTree } from './remove-tree.mjs';
import { runSetup, SetupError, say } from './report.mjs';

const USAGE = 'npm run uninstall -- [--force] [--packages] [--help]';
const HELP = `${USAGE}

Stops the server and undoes what npm start changed on this machine: the accounts of the server, its
database with the audit, its logs. Refuses while sessions are running.

  --force     end the sessions that are running
  --packages  remove the Debian packages, too, that npm start installed
  --help      write this help`;
const STOP_SECONDS = 30;
/** Most sessions that are listed when it refuses. */
const MOST_SHOWN = 10;
const RUN = '/run/vestibule';
/** May contain files of the administrator. */
const CONFIGURATION = '/etc/vestibule';

await runSetup(async () => {
  const { force, packages, help } = readFlags();
  if (help) return console.log(HELP);
  checkMachine();
  if (!force) refuseWhileSessionsRun();
  await takeLock(openLock(), stopServer());
  const changes = readChanges();
  await endSessions();
  removeRunDirectory();
  for (const user of changes.users) await removeAccount(user);
  for (const file of changes.files)
    if (file === COMMAND) unlinkCommand();
    else rmSync(file, { force: true });
  if (packages) removePackages(changes.packages);
  for (const directory of changes.directories) removeDirectory(directory);
  rmSync(LOCK);
  sayWhatIsGone(changes);
  sayWhatIsLeft(packages ? [] : changes.packages);
});

function readFlags() {
  const options = {
    force: { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new SetupError(`${error.message.split('. To')[0]}; usage: ${USAGE}`);
  }
}

function refuseWhileSessionsRun() {
  const sessions = runFinish('--list', 'pipe').split('\n').slice(0, -1);
  if (sessions.length === 0) return;
  const shown = sessions.slice(0, MOST_SHOWN).map((line) => `\n  ${line}`);
  if (sessions.length > MOST_SHOWN) shown.push(`\n  and ${sessions.length - MOST_SHOWN} more`);
  throw new SetupError(
    `sessions are running: ${sessions.length}; npm run uninstall -- --force ends them:${shown.join('')}`,
  );
}

/** Tells the server that holds the lock to stop, once, and fails if it does not. */
function stopServer() {
  let deadline = 0;
  return (pid) => {
    if (deadline === 0) {
      deadline = performance.now() + STOP_SECONDS * 1000;
      process.kill(pid, 'SIGTERM');
    } else if (performance.now() > deadline) {
      throw new SetupError(
        `the server (pid ${pid}) did not stop within ${STOP_SECONDS} s after SIGTERM: check its log`,
      );
    }
  };
}

/** Ends sessions properly, so that their PAM sessions are closed. Processes that are left then are killed. */
async function endSessions() {
  runFinish('--all', 'inherit');
  const find = () => rootProcessesUnder(INSTALLED);
  if (!(await killUntilGone(find, 10)))
    throw new SetupError(
      `processes of ${INSTALLED} could not be killed: ${find().map(({ pid }) => pid)}`,
    );
}

/** Runs finish.js and returns its stdout; '' if no version is installed, since nothing of ours is running then. */
function runFinish(flag, stdout) {
  const current = `${INSTALLED}/current`;
  if (!existsSync(`${current}/bin/node`)) return '';
  const argv = [`${current}/dist/finish.js`, flag];
  const stdio = ['ignore', stdout, 'inherit'];
  const ended = spawnSync(`${current}/bin/node`, argv, { stdio, encoding: 'utf8' });
  // A list that could not be made must not count as an empty one.
  if (flag === '--list' && ended.status !== 0)
    throw new SetupError(
      `wanted the list of sessions, got status ${ended.status} of finish.js; npm run uninstall -- --force ends sessions without listing them`,
    );
  return ended.stdout ?? '';
}

function removeRunDirectory() {
  // Lazy, because any user may have it as working directory. umount fails when nothing is mounted there any more.
  while (spawnSync('umount', ['--lazy', RUN]).status === 0);
  rmSync(RUN, { recursive: true, force: true });
}

function removeDirectory(directory) {
  if (directory !== CONFIGURATION) removeTree(directory);
  else if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

function sayWhatIsGone({ users, directories }) {
  const gone = directories.filter((directory) => !existsSync(directory));
  say(`uninstalled; removed: ${[...users, ...gone].join(' ')}`);
}

function sayWhatIsLeft(packages) {
  say('not removed:');
  if (packages.length > 0)
    say(`  Debian packages (npm run uninstall -- --packages removes them): ${packages.join(' ')}`);
  if (existsSync(CONFIGURATION)) say(`  ${CONFIGURATION}: files that set-up did not make`);
  say('  this clone, with node_modules and build');
}
