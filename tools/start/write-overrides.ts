/** The flags of npm start as configuration, for as long as this server runs. */
import { rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeDirectory } from './changes.mjs';
import { replaceFile } from './replace-file.mjs';
import { runProgram, SetupError } from './report.mjs';

/** statfs(2) */
const TMPFS = 0x0102_1994;

/** As supervise mounts it: done here already, or the overrides would vanish below its mount. */
export function mountRunDirectory(): void {
  if (isMounted()) return;
  makeDirectory(PATHS.run, 0o711);
  const options = 'mode=0711,size=64m,nosuid,nodev,noexec';
  runProgram('mount', ['-t', 'tmpfs', '-o', options, 'vestibule', PATHS.run]);
}

/** Whatever a server that was killed left there goes. */
export function writeOverrides(overrides: Readonly<Record<string, string>>): void {
  const lines = Object.entries(overrides).map(([key, value]) => `${key}=${value}\n`);
  if (lines.length === 0) {
    rmSync(PATHS.overrides, { force: true });
    return;
  }
  const text = ['# written by npm start, removed when it stops\n', ...lines].join('');
  replaceFile(PATHS.overrides, text, 0o644);
}

/** What is seen there counts: a list of mounts also has those that others cover. */
function isMounted(): boolean {
  const here = statSync(PATHS.run, { throwIfNoEntry: false });
  if (here === undefined || here.dev === statSync(dirname(PATHS.run)).dev) return false;
  if (statfsSync(PATHS.run).type === TMPFS && here.uid === 0 && (here.mode & 0o022) === 0)
    return true;
  throw new SetupError(
    `'${PATHS.run}' wanted a tmpfs that only root can write, came another mount over it: umount it`,
  );
}
