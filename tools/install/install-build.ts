/** Installs a build under its version; it belongs to root and everybody may read it. */
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { buildDirectory, OUTPUTS } from '../build-steps/paths.ts';
import { INSTALLED } from '../start/processes.mjs';

/** Returns the directory of this version. It is renamed to its final name last, so it is complete if it exists. */
export function installBuild(version: string): string {
  const target = join(INSTALLED, version);
  if (!existsSync(target)) {
    const half = join(INSTALLED, '.new');
    rmSync(half, { recursive: true, force: true });
    makeDirectory(half);
    for (const name of OUTPUTS) copyTree(join(buildDirectory, name), join(half, name));
    renameSync(half, target);
  }
  const link = join(INSTALLED, '.current');
  rmSync(link, { force: true });
  symlinkSync(version, link);
  renameSync(link, join(INSTALLED, 'current'));
  return target;
}

function copyTree(from: string, to: string): void {
  makeDirectory(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, copy);
    else copyFile(source, copy);
  }
}

/** Of the mode of a file in the clone, only the executable bit is used. */
function copyFile(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  chownSync(to, 0, 0);
  chmodSync(to, (lstatSync(from).mode & 0o100) === 0 ? 0o644 : 0o755);
}

function makeDirectory(path: string): void {
  mkdirSync(path);
  chownSync(path, 0, 0);
  chmodSync(path, 0o755);
}
