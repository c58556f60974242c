/** The first step of npm test, for any Node from 20 on: what the tests need beside what the server needs. */
import { checkMachine } from '../start/check-machine.mjs';
import { installNpmPackages } from '../start/install-npm-packages.mjs';
import { installTestPackages } from '../start/install-system-packages.mjs';
import { runSetup } from '../start/report.mjs';

await runSetup(async () => {
  checkMachine();
  await installTestPackages([
    'chromium',
    'clang-14',
    'fonts-dejavu-core',
    'iproute2',
    'libclang-rt-14-dev',
    'procps',
  ]);
  await installNpmPackages();
});
