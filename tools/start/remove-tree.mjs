/** Removes what set-up made at a path: not what a link there leads to, nor what another file system holds. */
import { spawnSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { say } from './report.mjs';

export function removeTree(path) {
  spawnSync('rm', ['-rf', '--one-file-system', '--', path]);
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    say(`'${path}' stays, at least in part: something is mounted there, or it cannot be removed`);
}
