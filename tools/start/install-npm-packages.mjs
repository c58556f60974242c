/** Installs node_modules as in package-lock.json. No package needs a compiler or an install script. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runProgram, runStep, SetupError, say } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function installNpmPackages() {
  if (!isStale()) return;
  await runStep('npm packages', () => {
    try {
      runNpm();
    } catch (error) {
      // A download may fail once.
      say(`  ${error.message.split('\n')[0]}, trying once more`);
      runNpm();
    }
  });
  if (isStale())
    throw new SetupError(
      `npm ci left node_modules incomplete: look for a setting 'omit' or 'os' in 'npm config ls'`,
    );
}

function isStale() {
  const wanted = readPackages('package-lock.json');
  const found = readPackages('node_modules/.package-lock.json');
  if (!existsSync(`${root}/node_modules/node-linux-${process.arch}/bin/node`)) return true;
  return Object.entries(wanted).some(([path, { version, optional, link }]) => {
    const here = found[path];
    // Some optional packages are for other types of machines.
    if (path === '' || link || (optional && here === undefined)) return false;
    return here?.version !== version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(`${root}/${file}`, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Uses the npm that runs this program, if there is one, since it works with this Node. */
function runNpm() {
  const args = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--include=dev',
    '--include=optional',
  ];
  const path = process.env.npm_execpath;
  if (path?.endsWith('.js')) runProgram(process.execPath, [path, ...args], { cwd: root });
  else runProgram('npm', args, { cwd: root });
}
