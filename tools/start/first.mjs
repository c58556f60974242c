/**
 * The first step of npm start, for any Node from version 20 on: checks the machine and installs packages of the system
 * and of npm. Prints to stderr only.
 */
import { existsSync } from 'node:fs';
import { checkMachine } from './check-machine.mjs';
import { checkPorts } from './check-ports.mjs';
import { readFlags } from './flags.mjs';
import { installNpmPackages } from './install-npm-packages.mjs';
import { installSystemPackages } from './install-system-packages.mjs';
import { LOCK_DESCRIPTOR, refuseSecondServer, takeLock } from './lock.mjs';
import { runSetup } from './report.mjs';

await runSetup(async () => {
  const { demo, port } = readFlags(process.argv.slice(2));
  checkMachine();
  await takeLock(LOCK_DESCRIPTOR, refuseSecondServer);
  // If there is a configuration, the ports are checked by the next step, which can read it.
  const www = port ?? (existsSync('/etc/vestibule/vestibule.conf') ? null : 8787);
  if (www !== null) await checkPorts(demo ? '127.0.0.1' : '::', [www, www + 1]);
  await installSystemPackages();
  await installNpmPackages();
});
