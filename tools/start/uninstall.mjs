/**
 * npm run uninstall [-- --packages]: ends the server and all its sessions, then takes back what npm start changed on
 * this machine. Runs on any Node from 20 on, without node_modules.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readChanges } from './changes.mjs';
import { checkMachine } from './check-machine.mjs';
import { findServer, INSTALLED, processesUnder, signalUntilGone } from './processes.mjs';
import { removeAccount } from './remove-account.mjs';
import { removePackages } from './remove-packages.mjs';
import { runSetup, SetupError, say } from './report.mjs';

const RUN = '/run/vestibule';
/** May hold an administrator's own files. */
const CONFIGURATION = '/etc/vestibule';

await runSetup(async () => {
  const { packages } = readFlags();
  checkMachine();
  const changes = readChanges();
  await stopServer();
  await endSessions();
  removeRunDirectory();
  for (const user of changes.users) await removeAccount(user);
  for (const file of changes.files) rmSync(file, { force: true });
  if (packages) removePackages(changes.packages);
  for (const directory of changes.directories) removeDirectory(directory);
  sayWhatIsLeft(packages ? [] : changes.packages);
});

function readFlags() {
  try {
    return parseArgs({ options: { packages: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new SetupError(
      `${error.message.split('. To')[0]}: usage is npm run uninstall -- [--packages]`,
    );
  }
}

async function stopServer() {
  const pid = findServer();
  if (pid === null) return;
  const find = () => processesUnder(INSTALLED).filter((other) => other.pid === pid);
  if (!(await signalUntilGone(find, 'SIGTERM', 30)))
    throw new SetupError(
      `the server (pid ${pid}) did not stop in 30 s after SIGTERM: look at its log`,
    );
}

/** In order, so that PAM closes what it opened; whatever is still there then is killed. */
async function endSessions() {
  const current = `${INSTALLED}/current`;
  if (existsSync(`${current}/bin/node`)) {
    spawnSync(`${current}/bin/node`, [`${current}/dist/finish.js`, '--all'], { stdio: 'inherit' });
  }
  const find = () => processesUnder(INSTALLED);
  if (!(await signalUntilGone(find, 'SIGKILL', 10)))
    throw new SetupError(
      `processes of ${INSTALLED} outlived SIGKILL: ${find().map(({ pid }) => pid)}`,
    );
}

function removeRunDirectory() {
  // Fails when nothing is mounted there, and then there is nothing to do.
  spawnSync('umount', [RUN]);
  rmSync(RUN, { recursive: true, force: true });
}

function removeDirectory(directory) {
  if (directory !== CONFIGURATION) rmSync(directory, { recursive: true, force: true });
  else if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

function sayWhatIsLeft(packages) {
  say('uninstalled; left as they are:');
  if (packages.length > 0)
    say(`  Debian packages (npm run uninstall -- --packages removes them): ${packages.join(' ')}`);
  if (existsSync(CONFIGURATION)) say(`  ${CONFIGURATION}: files that set-up did not make`);
  say('  this clone with node_modules and build');
}
