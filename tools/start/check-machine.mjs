/** Checks for what set-up needs and cannot install. */
import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import { SetupError } from './report.mjs';

export function checkMachine() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new SetupError(
      `wanted Linux on x64 or arm64, got ${process.platform} on ${process.arch}`,
    );
  if (process.getuid() !== 0)
    throw new SetupError(
      `wanted to run as root, got uid ${process.getuid()}: set-up creates users and reads PAM files; try sudo npm start`,
    );
  const missing = ['apt-get', 'dpkg-query'].filter((name) => !isInPath(name));
  if (missing.length > 0)
    throw new SetupError(
      `wanted Debian or a derived distribution, got one without '${missing[0]}', which set-up needs to install packages`,
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
