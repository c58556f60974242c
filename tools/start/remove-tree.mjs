/** Removes a tree that set-up made, without following symbolic links or entering other file systems. */
import { spawnSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { say } from './report.mjs';

export function removeTree(path) {
  spawnSync('rm', ['-rf', '--one-file-system', '--', path]);
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    say(`'${path}' is not completely removed: something is mounted there, or cannot be removed`);
}
