/** npm start -- --help */
import { USAGE } from './flags.mjs';

console.log(`${USAGE}

Installs what is missing, then runs the server until Ctrl-C. Run it as root. It lists what it has
changed on this machine; npm run uninstall undoes these changes.

  --demo     make a temporary account to try the server with; listen on 127.0.0.1 only
  --port N   serve the pages on port N and sessions on port N + 1, instead of the configured ports
  --json     write one line of JSON when the server is ready
  --help     write this help`);
