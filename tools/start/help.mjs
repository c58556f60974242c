/** npm start -- --help */
import { USAGE } from './flags.mjs';

console.log(`${USAGE}

Installs what is missing, then serves until Ctrl-C; run it as root. What it changes on this machine
is listed when it starts, and npm run uninstall takes it back.

  --demo     make an account to try it with, for as long as the server runs; listen on 127.0.0.1 only
  --port N   serve the pages on port N and sessions on N + 1, whatever the configuration says
  --json     write one line of JSON when the server is ready
  --help     write this`);
