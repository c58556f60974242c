/** What set-up cannot do without and cannot install. */
import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import { SetupError } from './report.mjs';

export function checkMachine() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new SetupError(
      `wanted Linux on x64 or arm64, came ${process.platform} on ${process.arch}`,
    );
  if (process.getuid() !== 0)
    throw new SetupError(
      `wanted to run as root, came uid ${process.getuid()}: it makes users and reads PAM's files; try sudo npm start`,
    );
  const missing = ['apt-get', 'dpkg-query'].filter((name) => !isInPath(name));
  if (missing.length > 0)
    throw new SetupError(
      `wanted Debian or one of its kin, found no '${missing[0]}': set-up installs packages with it`,
    );
}

function isInPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(`${directory}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
