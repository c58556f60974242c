/** Installs what bin/vestibule needs before the first npm start, for any Node from version 20 on. Prints to stderr only. */
import { installNpmPackages } from './install-npm-packages.mjs';
import { runSetup } from './report.mjs';

await runSetup(installNpmPackages);
