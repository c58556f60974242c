/** What bin/vestibule needs before a first npm start, for any Node from 20 on. Prints on stderr only. */
import { installNpmPackages } from './install-npm-packages.mjs';
import { runSetup } from './report.mjs';

await runSetup(installNpmPackages);
