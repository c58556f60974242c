/** npm run bench:peers: downloads the peers' Debian packages and installs them into the layer of layer.ts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runProgram, runSetup, runStep } from '../../tools/start/report.mjs';
import { isLayerThere, mountLayerForWriting, STAMP } from './layer.ts';

const PACKAGES = [
  'cockpit-bridge',
  'cockpit-ws',
  'jupyter-notebook',
  'jupyterhub',
  'openssh-server',
  'pamtester',
];
const DEBS = resolve('build/peers-debs');

function download(): void {
  mkdirSync(`${DEBS}/partial`, { recursive: true });
  const retries = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];
  runProgram('apt-get', ['update', ...retries]);
  const options = ['--download-only', '--no-install-recommends', '--reinstall', '-y', ...retries];
  runProgram('apt-get', ['install', ...options, '-o', `Dir::Cache::archives=${DEBS}`, ...PACKAGES]);
}

/** In the sandbox, with Debian's own scripts, which may start nothing. */
function install(): void {
  mountLayerForWriting();
  writeFileSync('/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // apt-get, not dpkg: where Python is not there yet, the order counts.
  const options = [`Dir::Cache::archives=${DEBS}`, 'Dpkg::Options::=--force-unsafe-io'];
  const args = ['install', '--no-download', '--no-install-recommends', '--reinstall', '-y'];
  const settings = options.flatMap((option) => ['-o', option]);
  execFileSync('apt-get', [...args, ...settings, ...PACKAGES], { env, stdio: 'pipe' });
  writeFileSync(STAMP, `${PACKAGES.join('\n')}\n`);
}

if (process.env.VESTIBULE_IN_SANDBOX !== undefined) install();
else
  await runSetup(async () => {
    if (isLayerThere()) return;
    rmSync(resolve('build/peers'), { recursive: true, force: true });
    await runStep(`download: ${PACKAGES.join(', ')}`, download);
    await runStep('install into build/peers', () =>
      runProgram('tools/sandbox.sh', [process.execPath, 'bench/peers/install.ts']),
    );
  });
